package io.tidemark.tests.sql;

import static io.tidemark.tests.sql.SinkCollection.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Streams that search and embed on their way, stopped in the middle and started again. */
@ExtendWith(SharedTidemark.class)
class SearchRestartTest {
  private static final long LIMIT_S = 120;
  private static final int ROWS = 300;
  private static final long SYNC = 1_000;
  private static final long ASYNC = 2_000;
  private static final long OWN = 3_000;

  private final TidemarkProcess process;
  private final MilvusClientV2 client;

  SearchRestartTest(TidemarkProcess process, MilvusClientV2 client) {
    this.process = process;
    this.client = client;
  }

  private SinkCollection create() {
    return SinkCollection.create(client, 1, schema -> schema.addField(field("n", DataType.Int64)));
  }

  /** Rows whose vectors are as those of a {@link ChangeStream} of rows. */
  private void upsert(SinkCollection made, LongStream ids) {
    List<JsonObject> rows = new ArrayList<>();
    ids.forEach(id ->
        rows.add(
            JsonParser.parseString("{\"id\": %d, \"v\": [%d, %d], \"n\": 0}".formatted(id, id, id))
                .getAsJsonObject()));
    client.upsert(UpsertReq.builder().collectionName(made.name()).data(rows).build());
  }

  private void delete(SinkCollection made, Object... ids) {
    client.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of(ids)).build());
  }

  @Test
  void a_savepoint_amid_searches_and_embeddings_neither_loses_nor_doubles_a_row(
      @TempDir Path savepoints) throws Exception {
    SinkCollection books = create();
    upsert(books, LongStream.range(0, ROWS));
    assertThat(books.count()).isEqualTo(ROWS);
    SinkCollection followed = create();
    upsert(followed, LongStream.range(0, 40));
    Outputs outputs = new Outputs(create(), SinkCollection.keyless(client), embedded(), create());
    ChangeStream rows = ChangeStream.ofRows(ROWS);
    rows.letThrough(ROWS / 3);
    JobClient first = start(rows, books, followed, outputs, null);
    rows.awaitPassed(ROWS / 3);
    rows.awaitCheckpoint();
    rows.letThrough(ROWS * 2 / 3);
    upsert(followed, LongStream.range(20, 60));
    delete(followed, 3L, 4L, 25L);
    String savepoint =
        first
            .stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get(LIMIT_S, TimeUnit.SECONDS);
    first.getJobExecutionResult().get(LIMIT_S, TimeUnit.SECONDS);
    upsert(followed, LongStream.range(50, 80));
    delete(followed, 5L, 26L);
    rows.letThrough(Long.MAX_VALUE);
    JobClient second = start(rows, books, followed, outputs, savepoint);
    try {
      Map<Long, Long> found = new HashMap<>();
      Map<Long, Long> texts = new HashMap<>();
      for (long id = 0; id < ROWS; id++) {
        found.put(SYNC + id, id);
        found.put(ASYNC + id, id);
        found.put(OWN + id, id);
        if (id % 5 == 0) {
          texts.put(id, id);
        }
      }
      Map<Long, Long> changed = new HashMap<>();
      LongStream.range(0, 80).forEach(id -> changed.put(id, id));
      changed.keySet().removeAll(List.of(3L, 4L, 5L, 25L, 26L));
      await(found, () -> outputs.found().numbers("n"));
      await(texts, () -> outputs.embedded().numbers("n"));
      await(changed, () -> outputs.changes().numbers("n"));
      await(
          LongStream.range(0, ROWS).boxed().toList(),
          () ->
              outputs.keyless().rows("n >= 0", "n").stream()
                  .map(row -> (Long) row.get("n"))
                  .sorted()
                  .toList());
    } finally {
      second.cancel().get(LIMIT_S, TimeUnit.SECONDS);
    }
  }

  /**
   * Where the parts of the job write.
   *
   * @param found of searches of each kind
   * @param keyless of a search too; its keys are made by the server, so that a doubled row shows
   * @param changes of a search over a changelog
   */
  private record Outputs(
      SinkCollection found,
      SinkCollection keyless,
      SinkCollection embedded,
      SinkCollection changes) {}

  private SinkCollection embedded() {
    CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder().fieldName("v").dataType(DataType.FloatVector).dimension(384).build());
    schema.addField(field("n", DataType.Int64));
    return SinkCollection.create(client, 1, schema);
  }

  private JobClient start(
      ChangeStream rows,
      SinkCollection books,
      SinkCollection followed,
      Outputs outputs,
      @Nullable String savepoint)
      throws Exception {
    Configuration configuration = SharedFlink.configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    environment.setParallelism(1);
    SqlSession sql = SqlSession.streaming(environment, process);
    StreamTableEnvironment tables = (StreamTableEnvironment) sql.tables();
    tables.createTemporaryView(
        "given",
        environment
            .fromSource(rows.source(), WatermarkStrategy.noWatermarks(), "rows")
            .uid("rows"));
    tables.executeSql(
        "CREATE TEMPORARY VIEW q AS SELECT id AS qid, AS_VECTOR(v) AS qv FROM given WHERE v IS NOT NULL");
    tables.executeSql(
        "CREATE TEMPORARY VIEW words AS SELECT id, CONCAT('word ', CAST(id AS STRING)) AS word FROM given WHERE MOD(id, 5) = 0");
    tables.executeSql(
        "CREATE TEMPORARY MODEL minilm INPUT (text STRING) OUTPUT (embedding ARRAY<FLOAT>) WITH ('provider'='tidemark-onnx')");
    String search =
        "LATERAL TABLE(VECTOR_SEARCH(TABLE "
            + books.name()
            + ", DESCRIPTOR(v), qv, 1, MAP['consistency', 'STRONG', %s]))";
    String sync = search.formatted("'async', 'false'");
    StatementSet job = tables.createStatementSet();
    job.addInsertSql(
        "INSERT INTO %s SELECT %d + qid, qv, id FROM q, %s"
            .formatted(outputs.found().name(), SYNC, sync));
    job.addInsertSql(
        "INSERT INTO %s SELECT %d + qid, qv, id FROM q, %s"
            .formatted(
                outputs.found().name(),
                ASYNC,
                search.formatted(
                    "'async', 'true', 'max-concurrent-operations', '16', 'batch-size', '3'")));
    job.addInsertSql(
        "INSERT INTO %s SELECT %d + qid, qv, s.id FROM q, LATERAL TABLE(TIDEMARK_SEARCH('%s', qv, 1)) AS s"
            .formatted(outputs.found().name(), OWN, books.name()));
    job.addInsertSql(
        "INSERT INTO %s SELECT qid, qv, id FROM q, %s".formatted(outputs.keyless().name(), sync));
    job.addInsertSql(
        "INSERT INTO %s SELECT id, AS_VECTOR(embedding), id FROM ML_PREDICT(TABLE words, MODEL minilm, DESCRIPTOR(word), MAP['async', 'true'])"
            .formatted(outputs.embedded().name()));
    job.addInsertSql(
        "INSERT INTO %s SELECT c.id, c.v, s.id FROM %s AS c, LATERAL TABLE(TIDEMARK_SEARCH('%s', c.v, 1)) AS s ON CONFLICT DO DEDUPLICATE"
            .formatted(outputs.changes().name(), followed.name(), books.name()));
    return job.execute().getJobClient().orElseThrow();
  }

  private static <T> void await(T expected, Supplier<T> actual) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    T last = actual.get();
    while (!last.equals(expected) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(100);
      last = actual.get();
    }
    assertThat(last).isEqualTo(expected);
  }
}
