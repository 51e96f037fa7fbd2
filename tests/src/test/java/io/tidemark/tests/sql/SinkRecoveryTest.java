package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
