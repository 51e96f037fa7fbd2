package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Streams into a collection that are interrupted; what is there in the end equals a replay. */
@ExtendWith(SharedTidemark.class)
class SinkRecoveryTest {
  private static final long LIMIT_S = 180;
  private static final long CHANGES = 12_000;
  private static final int KEYS = 700;

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());

  @Test
  void a_failure_in_the_middle_neither_loses_nor_doubles_nor_reorders_a_change(
      TidemarkProcess process, MilvusClientV2 client) throws Exception {
    ChangeStream changes = ChangeStream.of(seed, KEYS, CHANGES);
    SinkCollection made = InterruptedJob.collection(client);
    changes.letThrough(CHANGES / 3);
    JobClient job =
        InterruptedJob.start(
            changes, made, process.grpcAddress(), CHANGES / 2, new Configuration());
    changes.awaitPassed(CHANGES / 3);
    changes.awaitCheckpoint();
    changes.letThrough(Long.MAX_VALUE);
    InterruptedJob.awaitEnd(job);
    assertThat(changes.hasFailed()).isTrue();
    assertThat(made.numbers("n")).as("seed %d", seed).isEqualTo(changes.result());
    assertThat(made.count()).isEqualTo(changes.result().size());
  }

  @Test
  void
      inserts_after_the_last_checkpoint_are_repeated_by_a_failure_and_double_rows_only_without_keys(
          TidemarkProcess process, MilvusClientV2 client) throws Exception {
    long rows = 6_000;
    ChangeStream changes = ChangeStream.ofRows(rows);
    SinkCollection keyed = InterruptedJob.collection(client);
    SinkCollection keyless = SinkCollection.keyless(client);
    changes.letThrough(rows / 3);
    JobClient job =
        InterruptedJob.startInserting(
            changes, List.of(keyed, keyless), process.grpcAddress(), rows * 2 / 3);
    changes.awaitPassed(rows / 3);
    changes.awaitCheckpoint();
    changes.letThrough(Long.MAX_VALUE);
    InterruptedJob.awaitEnd(job);
    assertThat(changes.hasFailed()).isTrue();
    assertThat(keyed.numbers("n")).isEqualTo(changes.result());
    Map<Long, Long> times =
        keyless.rows("n >= 0", "n").stream()
            .collect(Collectors.groupingBy(row -> (Long) row.get("n"), Collectors.counting()));
    assertThat(times).as("no row is lost").hasSize((int) rows);
    times.forEach((n, count) -> {
      boolean mayBeRepeated = n >= rows / 3 && n < rows * 2 / 3;
      assertThat(count).as("row %d", n).isBetween(1L, mayBeRepeated ? 2L : 1L);
    });
  }

  @Test
  void a_savepoint_in_the_middle_neither_loses_nor_doubles_nor_reorders_a_change(
      TidemarkProcess process, MilvusClientV2 client, @TempDir Path savepoints) throws Exception {
    ChangeStream changes = ChangeStream.of(seed, KEYS, CHANGES);
    SinkCollection made = InterruptedJob.collection(client);
    changes.letThrough(CHANGES / 2);
    JobClient first =
        InterruptedJob.start(changes, made, process.grpcAddress(), -1, new Configuration());
    changes.awaitPassed(CHANGES / 2);
    changes.awaitCheckpoint();
    String savepoint =
        first
            .stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get(LIMIT_S, TimeUnit.SECONDS);
    InterruptedJob.awaitEnd(first);
    changes.letThrough(Long.MAX_VALUE);
    Configuration restored = new Configuration();
    restored.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    InterruptedJob.awaitEnd(
        InterruptedJob.start(changes, made, process.grpcAddress(), -1, restored));
    assertThat(made.numbers("n")).as("seed %d", seed).isEqualTo(changes.result());
    assertThat(made.count()).isEqualTo(changes.result().size());
  }
}
