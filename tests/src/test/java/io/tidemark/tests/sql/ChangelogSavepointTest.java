package io.tidemark.tests.sql;

import static io.tidemark.tests.sql.SinkCollection.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.source.TidemarkSource;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedTidemark.class)
class ChangelogSavepointTest {
  private static final long LIMIT_S = 120;
  private static final int ROWS = 8_000;
  private static final int CHANGES = 200;

  /** A row that the source gave out. */
  private record Seen(RowKind kind, long id, long n) {}

  /** What the jobs have seen, one after the other; they run in this JVM. */
  private static final List<Seen> SEEN = new ArrayList<>();

  private static final Set<Integer> SUBTASKS = ConcurrentHashMap.newKeySet();
  private static volatile boolean slow;

  private final TidemarkProcess process;
  private final MilvusClientV2 client;

  ChangelogSavepointTest(TidemarkProcess process, MilvusClientV2 client) {
    this.process = process;
    this.client = client;
  }

  @Test
  void savepoints_amid_the_snapshot_and_amid_the_log_neither_lose_nor_repeat_a_row(
      @TempDir Path savepoints) throws Exception {
    SinkCollection made =
        SinkCollection.create(client, 2, schema -> schema.addField(field("n", DataType.Int64)));
    Map<Long, Long> model = new HashMap<>();
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < ROWS; id++) {
      rows.add(row(id, id));
      model.put(id, id);
    }
    client.insert(InsertReq.builder().collectionName(made.name()).data(rows).build());
    client.flush(FlushReq.builder().collectionNames(List.of(made.name())).build());
    SEEN.clear();
    slow = true;
    JobClient first = start(made, 2, null);
    awaitThat("both readers give out rows", () -> SUBTASKS.size() == 2);
    Random random = new Random(20_261_121L);
    change(made, random, model);
    String amidSnapshot = stop(first, savepoints);
    assertThat(seen()).as("rows before the first savepoint").isLessThan(ROWS);
    slow = false;

    JobClient second = start(made, 1, amidSnapshot);
    change(made, random, model);
    awaitThat("changes are given out", () -> seen() > ROWS + CHANGES / 2);
    change(made, random, model);
    String amidLog = stop(second, savepoints);

    JobClient third = start(made, 2, amidLog);
    change(made, random, model);
    try {
      awaitThat("all changes are given out", () -> seen() >= ROWS + 4L * CHANGES);
    } finally {
      third.cancel().get(LIMIT_S, TimeUnit.SECONDS);
    }
    synchronized (SEEN) {
      Map<Long, Long> replayed = new HashMap<>();
      long inserted = 0;
      for (Seen seen : SEEN) {
        if (seen.kind() == RowKind.DELETE) {
          replayed.remove(seen.id());
        } else {
          replayed.put(seen.id(), seen.n());
        }
        inserted += seen.kind() == RowKind.INSERT ? 1 : 0;
      }
      assertThat(replayed).isEqualTo(model);
      assertThat(inserted).as("rows of the snapshot").isEqualTo(ROWS);
      assertThat(SEEN).hasSize(ROWS + 4 * CHANGES);
    }
  }

  @Test
  void a_place_that_lake_or_log_no_longer_have_is_refused_with_the_way_out_and_leaves_no_gap(
      @TempDir Path savepoints) throws Exception {
    SinkCollection made =
        SinkCollection.create(client, 1, schema -> schema.addField(field("n", DataType.Int64)));
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < ROWS; id++) {
      rows.add(row(id, id));
    }
    client.insert(InsertReq.builder().collectionName(made.name()).data(rows).build());
    client.flush(FlushReq.builder().collectionNames(List.of(made.name())).build());
    SEEN.clear();
    slow = true;
    JobClient first = start(made, 1, null);
    awaitThat("a row is given out", () -> seen() > 0);
    String amidSnapshot = stop(first, savepoints);
    assertThat(seen()).as("rows before the first savepoint").isLessThan(ROWS);
    slow = false;
    JobClient second = start(made, 1, amidSnapshot);
    awaitThat("the snapshot is given out", () -> seen() >= ROWS);
    String amidLog = stop(second, savepoints);
    Instant between = Instant.now();
    client.upsert(
        UpsertReq.builder().collectionName(made.name()).data(List.of(row(1, -1))).build());
    client.flush(FlushReq.builder().collectionNames(List.of(made.name())).build());
    SqlSession sql = SqlSession.batch(process);
    String asOf =
        "SELECT COUNT(*) FROM " + made.name() + " /*+ OPTIONS('scan.as-of'='" + between + "') */";
    assertThat(sql.text(asOf)).as("while the log is there").isEqualTo(String.valueOf(ROWS));

    OldStates old = OldStates.of(process);
    old.trimLogAfter(Instant.now());
    assertThatThrownBy(() -> start(made, 1, amidLog).getJobExecutionResult().get())
        .hasStackTraceContaining("the changelog cannot go on without a gap")
        .hasStackTraceContaining("were trimmed from the log")
        .hasStackTraceContaining("Start the read anew, without its savepoint or checkpoint");
    assertThatThrownBy(() -> sql.text(asOf))
        .hasStackTraceContaining("the log after it cannot be read")
        .hasStackTraceContaining("the nearest snapshot before is as of")
        .hasStackTraceContaining("the nearest snapshot after is as of");
    old.expireSnapshots(made.name());
    assertThatThrownBy(() -> start(made, 1, amidSnapshot).getJobExecutionResult().get())
        .hasStackTraceContaining("has to begin anew, without its savepoint");
    assertThatThrownBy(() -> sql.text(asOf))
        .hasStackTraceContaining("the snapshots of that time have expired")
        .hasStackTraceContaining("the nearest snapshot after is as of");
    assertThat(seen()).as("nothing was given out by those").isEqualTo(ROWS);
  }

  /** One write of one key each, so that every one is one change. */
  private void change(SinkCollection made, Random random, Map<Long, Long> model) {
    for (int i = 0; i < CHANGES; i += 10) {
      List<JsonObject> rows = new ArrayList<>();
      List<Object> deleted = new ArrayList<>();
      long base = random.nextInt(ROWS);
      for (int j = 0; j < 10; j++) {
        long id = base + j;
        if (random.nextInt(3) == 0) {
          deleted.add(id);
          model.remove(id);
        } else {
          long n = random.nextInt(1_000_000);
          rows.add(row(id, n));
          model.put(id, n);
        }
      }
      if (!rows.isEmpty()) {
        client.upsert(UpsertReq.builder().collectionName(made.name()).data(rows).build());
      }
      if (!deleted.isEmpty()) {
        client.delete(DeleteReq.builder().collectionName(made.name()).ids(deleted).build());
      }
    }
  }

  private static JsonObject row(long id, long n) {
    return JsonParser.parseString("{\"id\": %d, \"v\": [%d, 1], \"n\": %d}".formatted(id, id, n))
        .getAsJsonObject();
  }

  private JobClient start(SinkCollection made, int parallelism, @Nullable String savepoint)
      throws Exception {
    Configuration configuration = SharedFlink.configuration();
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    SUBTASKS.clear();
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    environment.setParallelism(parallelism);
    TidemarkSource source =
        TidemarkSource.builder()
            .endpoint(new Endpoint(process.grpcAddress(), "http://" + process.httpAddress(), null))
            .collection(made.name())
            .fields("id", "n")
            .changelog()
            .build();
    environment
        .fromSource(source, WatermarkStrategy.noWatermarks(), "collection")
        .uid("collection")
        .filter(new Noting())
        .uid("record")
        .sinkTo(new DiscardingSink<>())
        .uid("end");
    return environment.executeAsync("changes of " + made.name());
  }

  /** Notes every row, slowly if so wanted. */
  private static final class Noting extends RichFilterFunction<RowData> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean filter(RowData row) throws InterruptedException {
      boolean deletion = row.getRowKind() == RowKind.DELETE;
      synchronized (SEEN) {
        SEEN.add(new Seen(row.getRowKind(), row.getLong(0), deletion ? -1 : row.getLong(1)));
      }
      SUBTASKS.add(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
      if (slow) {
        // What is done meanwhile takes its time too, on a busy machine.
        TimeUnit.MILLISECONDS.sleep(10);
      }
      return false;
    }
  }

  private static long seen() {
    synchronized (SEEN) {
      return SEEN.size();
    }
  }

  private static String stop(JobClient job, Path savepoints) throws Exception {
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get(LIMIT_S, TimeUnit.SECONDS);
    job.getJobExecutionResult().get(LIMIT_S, TimeUnit.SECONDS);
    return savepoint;
  }

  private static void awaitThat(String what, BooleanSupplier reached) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "after " + LIMIT_S + " s it is not so that " + what + ": " + seen() + " rows");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
