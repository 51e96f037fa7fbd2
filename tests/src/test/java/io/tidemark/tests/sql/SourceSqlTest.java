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
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedTidemark.class)
class SourceSqlTest {
  private final TidemarkProcess process;
  private final MilvusClientV2 client;

  SourceSqlTest(TidemarkProcess process, MilvusClientV2 client) {
    this.process = process;
    this.client = client;
  }

  private SinkCollection create() {
    return SinkCollection.create(
        client,
        2,
        schema -> {
          schema.setEnableDynamicField(true);
          schema.addField(field("n", DataType.Int64));
        });
  }

  private static JsonObject row(long id, long n) {
    return JsonParser.parseString("{\"id\": %d, \"v\": [%d, 1], \"n\": %d}".formatted(id, id, n))
        .getAsJsonObject();
  }

  private void insert(SinkCollection made, JsonObject... rows) {
    client.insert(InsertReq.builder().collectionName(made.name()).data(List.of(rows)).build());
  }

  /** The newest row's hybrid timestamp. */
  private long newest(SinkCollection made) throws Exception {
    SqlSession sql = SqlSession.batch(process);
    sql.tables()
        .executeSql(
            """
            CREATE TEMPORARY TABLE stamps (id BIGINT NOT NULL, written BIGINT METADATA FROM 'timestamp' VIRTUAL,
              PRIMARY KEY (id) NOT ENFORCED)
            WITH ('connector'='tidemark', 'endpoint'='%s', 'http-endpoint'='http://%s', 'collection'='%s')\
            """
                .formatted(process.grpcAddress(), process.httpAddress(), made.name()));
    return Long.parseLong(sql.text("SELECT MAX(written) FROM stamps"));
  }

  private void upsert(SinkCollection made, JsonObject... rows) {
    client.upsert(UpsertReq.builder().collectionName(made.name()).data(List.of(rows)).build());
  }

  private void delete(SinkCollection made, Object... ids) {
    client.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of(ids)).build());
  }

  private void flush(SinkCollection made) {
    client.flush(FlushReq.builder().collectionNames(List.of(made.name())).build());
  }

  private static Map<Long, Long> numbers(List<Row> rows) {
    Map<Long, Long> numbers = new HashMap<>();
    for (Row row : rows) {
      Long before = numbers.put((Long) row.getField(0), (Long) row.getField(1));
      assertThat(before).as("another row of key %s", row.getField(0)).isNull();
    }
    return numbers;
  }

  @Test
  void a_query_sees_every_write_that_was_acknowledged_whether_committed_or_still_in_the_log()
      throws Exception {
    long seed = 20_261_121L;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    SinkCollection made = create();
    SqlSession sql = SqlSession.batch(process);
    Map<Long, Long> model = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 10; i++) {
        long id = random.nextInt(40);
        long n = random.nextInt(1_000);
        if (random.nextInt(4) == 0) {
          delete(made, id);
          model.remove(id);
        } else if (random.nextInt(4) == 0) {
          // Inserted again, without an upsert: of two rows of a key the newer is read.
          insert(made, row(id, n));
          model.put(id, n);
        } else {
          upsert(made, row(id, n), row(100 + id, n));
          model.put(id, n);
          model.put(100 + id, n);
        }
      }
      assertThat(numbers(sql.rows("SELECT id, n FROM " + made.name()))).isEqualTo(model);
      if (round % 2 == 0) {
        flush(made);
      }
    }
    flush(made);
    assertThat(
            numbers(
                sql.rows(
                    "SELECT id, n FROM "
                        + made.name()
                        + " /*+ OPTIONS('scan.read'='committed') */")))
        .isEqualTo(model);
    assertThat(
            numbers(
                sql.rows(
                    "SELECT id, n FROM "
                        + made.name()
                        + " WHERE n > 500 AND id IN (1, 2, 3, 4, 5, 6, 101, 105)")))
        .isEqualTo(
            model.entrySet().stream()
                .filter(e ->
                    e.getValue() > 500
                        && List.of(1L, 2L, 3L, 4L, 5L, 6L, 101L, 105L).contains(e.getKey()))
                .collect(
                    java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    assertThat(sql.text("SELECT COUNT(*) FROM " + made.name()))
        .isEqualTo(String.valueOf(model.size()));
    assertThat(sql.rows("SELECT v FROM " + made.name() + " LIMIT 3")).hasSize(3);
  }

  @Test
  void rows_have_vectors_further_keys_partitions_and_times() throws Exception {
    SinkCollection made = create();
    long before = System.currentTimeMillis();
    JsonObject more = row(7, 70);
    more.addProperty("free", "x");
    insert(made, more);
    SqlSession sql = SqlSession.batch(process);
    sql.tables()
        .executeSql(
            """
            CREATE TEMPORARY TABLE t (id BIGINT NOT NULL, v ARRAY<FLOAT>, n BIGINT, `$meta` STRING METADATA,
              place STRING METADATA FROM 'partition' VIRTUAL, written BIGINT METADATA FROM 'timestamp' VIRTUAL,
              at TIMESTAMP_LTZ(3) METADATA FROM 'ingested_at' VIRTUAL, PRIMARY KEY (id) NOT ENFORCED)
            WITH ('connector'='tidemark', 'endpoint'='%s', 'http-endpoint'='http://%s', 'collection'='%s', 'dim.v'='2')\
            """
                .replace(" at TIMESTAMP", " `at` TIMESTAMP")
                .formatted(process.grpcAddress(), process.httpAddress(), made.name()));
    Row found = sql.rows("SELECT `at`, v, place, `$meta`, written, id FROM t").getFirst();
    assertThat((Float[]) found.getField(1)).containsExactly(7f, 1f);
    assertThat(found.getField(2)).isEqualTo("_default");
    assertThat(String.valueOf(found.getField(3))).contains("\"free\"").contains("\"x\"");
    Instant at = (Instant) found.getField(0);
    assertThat(at.toEpochMilli()).isEqualTo((Long) found.getField(4) >> 18);
    assertThat(at.toEpochMilli()).isBetween(before - 5_000, System.currentTimeMillis() + 5_000);
  }

  @Test
  void the_past_is_read_at_a_time_and_a_future_or_unknown_one_is_refused() throws Exception {
    SinkCollection made = create();
    insert(made, row(1, 10), row(2, 20));
    SqlSession sql = SqlSession.batch(process);
    sql.tables()
        .executeSql(
            """
            CREATE TEMPORARY TABLE p (id BIGINT NOT NULL, n BIGINT, written BIGINT METADATA FROM 'timestamp' VIRTUAL,
              PRIMARY KEY (id) NOT ENFORCED)
            WITH ('connector'='tidemark', 'endpoint'='%s', 'http-endpoint'='http://%s', 'collection'='%s')\
            """
                .formatted(process.grpcAddress(), process.httpAddress(), made.name()));
    String moment = sql.text("SELECT MAX(written) FROM p");
    upsert(made, row(1, 11));
    delete(made, 2L);
    flush(made);
    assertThat(numbers(sql.rows("SELECT id, n FROM p"))).isEqualTo(Map.of(1L, 11L));
    String asOf = "SELECT id, n FROM p /*+ OPTIONS('scan.as-of'='%s') */";
    assertThat(numbers(sql.rows(asOf.formatted(moment)))).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    assertThatThrownBy(() -> sql.rows(asOf.formatted("2999-01-01T00:00:00Z")))
        .hasStackTraceContaining("lies in the future");
    assertThatThrownBy(() -> sql.rows(asOf.formatted("no_such_snapshot")))
        .hasStackTraceContaining("no_such_snapshot");
    assertThatThrownBy(() -> sql.rows(asOf.formatted("2001-01-01T00:00:00Z")))
        .hasStackTraceContaining("it was created at")
        .hasStackTraceContaining("the nearest snapshot after is as of");
    assertThatThrownBy(() -> sql.rows("SELECT id FROM p /*+ OPTIONS('scan.mode'='changelog') */"))
        .hasMessageContaining("execution.runtime-mode");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void for_system_time_as_of_reads_the_past_in_both_modes(boolean streaming) throws Exception {
    SinkCollection made = create();
    insert(made, row(1, 10), row(2, 20));
    long written = newest(made);
    // A time of SQL has milliseconds: the first of which all of this was written before.
    Instant then = Instant.ofEpochMilli((written >> 18) + 1);
    awaitClock(then);
    upsert(made, row(1, 11));
    delete(made, 2L);
    if (streaming) {
      flush(made);
    }
    SqlSession sql = streaming ? SqlSession.streaming(process) : SqlSession.batch(process);
    sql.tables().getConfig().setLocalTimeZone(ZoneOffset.ofHours(-3));
    String query = "SELECT id, n FROM " + made.name() + " FOR SYSTEM_TIME AS OF TIMESTAMP '%s'";
    assertThat(numbers(sql.rows(query.formatted(local(then))))).isEqualTo(Map.of(1L, 10L, 2L, 20L));
    assertThat(numbers(sql.rows(query.formatted(local(then)) + " WHERE n > 10")))
        .isEqualTo(Map.of(2L, 20L));
    String past = "%s FOR SYSTEM_TIME AS OF TIMESTAMP '%s'".formatted(made.name(), local(then));
    String present = made.name() + " /*+ OPTIONS('scan.mode'='bounded') */";
    assertThat(
            sql.rows(
                "SELECT b.n, a.n FROM (SELECT * FROM %s) AS b JOIN %s AS a ON a.id = b.id"
                    .formatted(past, present)))
        .contains(Row.of(10L, 11L));
    // As the page says: beside an alias Flink itself forgets the time, and its plan shows that.
    assertThat(sql.tables().explainSql("SELECT id FROM " + past)).contains("version=[");
    assertThat(sql.tables().explainSql("SELECT b.id FROM " + past + " AS b"))
        .doesNotContain("version=[");
    assertThatThrownBy(() -> sql.rows(query.formatted("2999-01-01 00:00:00")))
        .hasStackTraceContaining("2999-01-01T03:00:00Z, which lies in the future: now is");
    assertThatThrownBy(() -> sql.rows(query.formatted(local(then.minusSeconds(86_400)))))
        .hasStackTraceContaining("it was created at");
    assertThatThrownBy(() ->
            sql.rows(
                "SELECT * FROM `%s$snapshots` FOR SYSTEM_TIME AS OF TIMESTAMP '%s'"
                    .formatted(made.name(), local(then))))
        .hasStackTraceContaining("has no past");
  }

  /** In the session's zone. */
  private static String local(Instant time) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS")
        .withZone(ZoneOffset.ofHours(-3))
        .format(time);
  }

  /** The server's clock is this machine's. */
  private static void awaitClock(Instant time) throws InterruptedException {
    while (!Instant.now().isAfter(time)) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void a_streaming_query_follows_inserts_upserts_and_deletes() throws Exception {
    SinkCollection made = create();
    insert(made, row(1, 10), row(2, 20));
    flush(made);
    insert(made, row(3, 30));
    SqlSession sql = SqlSession.streaming(process);
    TableResult job = sql.start("SELECT id, n FROM " + made.name() + " WHERE n < 100");
    List<Row> seen = new ArrayList<>();
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try (CloseableIterator<Row> rows = job.collect()) {
                while (rows.hasNext()) {
                  Row next = rows.next();
                  synchronized (seen) {
                    seen.add(next);
                  }
                }
              } catch (Exception | Error e) {
                // The job is cancelled at the end; what came before is judged.
              }
            });
    try {
      await(seen, Map.of(1L, 10L, 2L, 20L, 3L, 30L));
      upsert(made, row(1, 11), row(4, 40));
      delete(made, 2L);
      // Out of the condition: it has to be taken back.
      upsert(made, row(3, 300));
      await(seen, Map.of(1L, 11L, 4L, 40L));
    } finally {
      job.getJobClient().orElseThrow().cancel().get(60, TimeUnit.SECONDS);
      reader.join(60_000);
    }
  }

  private static void await(List<Row> changes, Map<Long, Long> expected) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    Map<Long, Long> state = Map.of();
    while (System.nanoTime() < deadline) {
      state = new HashMap<>();
      synchronized (changes) {
        for (Row change : changes) {
          if (change.getKind() == RowKind.INSERT || change.getKind() == RowKind.UPDATE_AFTER) {
            state.put((Long) change.getField(0), (Long) change.getField(1));
          } else {
            state.remove((Long) change.getField(0));
          }
        }
      }
      if (state.equals(expected)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(state).isEqualTo(expected);
  }

  @Test
  void a_lookup_join_finds_rows_by_their_keys_and_needs_the_primary_key() throws Exception {
    SinkCollection made = create();
    insert(made, row(1, 10), row(2, 20));
    assertThat(made.count()).isEqualTo(2);
    SqlSession sql = SqlSession.streaming(process);
    String join =
        """
        SELECT o.k, c.n, c.v FROM (SELECT k, PROCTIME() AS p FROM
          (VALUES (CAST(1 AS BIGINT)), (CAST(2 AS BIGINT)), (CAST(77 AS BIGINT)), (CAST(NULL AS BIGINT))) AS s (k)) AS o
        LEFT JOIN %s FOR SYSTEM_TIME AS OF o.p AS c ON o.k = c.%s\
        """;
    Map<Long, Object> found = new HashMap<>();
    for (Row row : sql.rows(join.formatted(made.name(), "id"))) {
      found.put((Long) row.getField(0), row.getField(1));
    }
    Map<Long, Object> expected = new HashMap<>(Map.of(1L, 10L, 2L, 20L));
    expected.put(77L, null);
    expected.put(null, null);
    assertThat(found).isEqualTo(expected);
    assertThatThrownBy(() -> sql.rows(join.formatted(made.name(), "n")))
        .hasStackTraceContaining("needs an equality with its primary key 'id'");
  }
}
