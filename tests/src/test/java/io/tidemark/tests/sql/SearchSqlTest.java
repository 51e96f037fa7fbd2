package io.tidemark.tests.sql;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.nullable;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.text;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.conformance.Fields;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.conformance.Vectors;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** VECTOR_SEARCH and TIDEMARK_SEARCH on a MiniCluster, against a running Tidemark. */
@ExtendWith(SharedTidemark.class)
class SearchSqlTest {
  private static final int ROWS = 500;
  private static final int QUERIES = 8;
  private static final int DIMENSION = 19;
  private static final int LIMIT = 7;
  private static final double TOLERANCE = 1e-6;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final float[][] rows = Vectors.random(random, ROWS, DIMENSION);
  private final float[][] queries = Vectors.random(random, QUERIES, DIMENSION);
  private final TidemarkProcess process;
  private final TestCollection books;

  SearchSqlTest(MilvusClientV2 client, TidemarkProcess process) {
    this.process = process;
    books =
        TestCollection.create(
            client,
            schema(
                int64Key("id"),
                nullable(text("name", 20)),
                vector("v", DIMENSION),
                Fields.of("year", DataType.Int16)),
            autoIndex("v", MetricType.L2));
    List<JsonObject> made = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      made.add(
          io.tidemark.tests.conformance.Row.of(
              "id",
              (long) row,
              "name",
              row % 3 == 0 ? null : "n" + row,
              "v",
              rows[row],
              "year",
              row));
    }
    books.insert(made);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void neighboursAreThoseOfTheSdkAndOfExactSearch(boolean streaming) throws Exception {
    TableEnvironment tables = tables(streaming);
    books.flush();
    for (String mode : List.of("'async', 'false'", "'async', 'true', 'batch-size', '3'")) {
      Map<Integer, List<Row>> found = new TreeMap<>();
      for (Row row : run(tables, form("MAP[" + mode + ", 'consistency', 'STRONG']"))) {
        found.computeIfAbsent(row.<Integer>getFieldAs("qid"), q -> new ArrayList<>()).add(row);
      }
      assertThat(found).hasSize(QUERIES);
      for (int i = 0; i < QUERIES; i++) {
        assertNeighbours(found.get(i), queries[i], mode);
      }
    }
  }

  private void assertNeighbours(List<Row> found, float[] query, String mode) {
    List<SearchResp.SearchResult> hits = books.hits(books.search(query).limit(LIMIT));
    List<Long> exact = Vectors.nearest("L2", rows, query, row -> true, LIMIT);
    for (int i = 0; i < LIMIT; i++) {
      Row row = found.get(i);
      int id = exact.get(i).intValue();
      assertThat(row.<Long>getFieldAs("id")).as("seed %d, %s", seed, mode).isEqualTo(id);
      assertThat(row.<Float[]>getFieldAs("v")).hasSize(DIMENSION).startsWith(rows[id][0]);
      assertThat(row.<Short>getFieldAs("year")).isEqualTo((short) id);
      assertThat(row.getField("name")).isEqualTo(id % 3 == 0 ? null : "n" + id);
      // The order in which a processor's lanes are added changes when the JVM compiles the loop.
      double sdk = hits.get(i).getScore();
      assertThat(row.<Double>getFieldAs("score")).isCloseTo(sdk, within(sdk * TOLERANCE));
      assertThat(row.<Float>getFieldAs("computed").doubleValue())
          .isCloseTo(sdk, within(sdk * TOLERANCE));
    }
  }

  /** The query of most tests, with a config map. */
  private String form(String config) {
    return "SELECT qid, id, name, v, `year`, score, L2_DISTANCE(v, qv) AS computed FROM q, LATERAL TABLE(VECTOR_SEARCH(TABLE "
        + books.name()
        + ", DESCRIPTOR(v), qv, 7, "
        + config
        + "))";
  }

  @Test
  void filtersAndParametersComeFromTheQueryOrTheTable() throws Exception {
    TableEnvironment tables = tables(false);
    double radius = Vectors.score("L2", queries[0], rows[0]);
    assertThat(
            run(
                tables,
                form(
                    "MAP['filter', 'year < 90', 'params', 'radius="
                        + radius
                        + "', 'consistency', 'STRONG']")))
        .isNotEmpty()
        .allSatisfy(row -> {
          assertThat(row.<Short>getFieldAs("year")).isLessThan((short) 90);
          assertThat(row.<Double>getFieldAs("score")).isLessThan(radius);
        });
    tables.executeSql(
        "CREATE TEMPORARY TABLE late (id BIGINT, v ARRAY<FLOAT>) WITH ('connector'='tidemark', 'endpoint'='"
            + process.grpcAddress()
            + "', 'collection'='"
            + books.name()
            + "', 'search.filter'='year >= 495', 'search.consistency'='STRONG')");
    assertThat(
            run(
                tables,
                "SELECT qid, id FROM holed LEFT JOIN LATERAL TABLE(VECTOR_SEARCH(TABLE late, DESCRIPTOR(v), qv, 9)) ON TRUE"))
        .as("five late rows for each query, none for the NULL")
        .hasSize(5 * (QUERIES - 1) + 1);
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    TableEnvironment tables = tables(false);
    assertThatThrownBy(() -> tables.explainSql(form("MAP['fitler', 'year > 1']")))
        .hasStackTraceContaining("fitler")
        .hasStackTraceContaining("batch-size");
    assertThatThrownBy(() -> tables.explainSql(form("MAP['params', 'ef']")))
        .hasStackTraceContaining("'ef' is no name=value");
    assertThatThrownBy(() -> tables.explainSql(form("MAP['batch-size', '0']")))
        .hasStackTraceContaining("1 to 1024");
    assertThatThrownBy(() ->
            run(
                tables,
                "SELECT * FROM TABLE(VECTOR_SEARCH(TABLE %s, DESCRIPTOR(v), VECTOR_PARSE('[1]'), 7))"
                    .formatted(books.name())))
        .hasStackTraceContaining("has 1 elements, field 'v'")
        .hasStackTraceContaining("has 19");
    assertThatThrownBy(() ->
            tables.explainSql(
                "SELECT * FROM q, LATERAL TABLE(TIDEMARK_SEARCH('nobody', qv, 3)) AS s"))
        .hasStackTraceContaining("nobody");
  }

  @Test
  void theFormsThatThePageShowsArePlannedAndTheOthersAreNot() throws Exception {
    TableEnvironment streaming = tables(true);
    TableEnvironment batch = tables(false);
    for (String form : SearchForms.planned(books.name(), literal(queries[0]))) {
      assertThat(streaming.explainSql(form)).as(form).contains("VectorSearch");
      assertThat(batch.explainSql(form)).as(form).contains("VectorSearch");
    }
    for (String form : SearchForms.refused(books.name())) {
      assertThatThrownBy(() -> batch.explainSql(form)).as(form).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSearchOfOurOwnTakesFilterAndRangeOfEachRow(boolean streaming) throws Exception {
    TableEnvironment tables = tables(streaming);
    List<Row> found =
        run(
            tables,
            "SELECT qid, s.id, s.score, s.`year` FROM holed LEFT JOIN LATERAL TABLE(TIDEMARK_SEARCH(collection => '"
                + books.name()
                + "', query => qv, k => 3, expr => CONCAT('year % 8 == ', CAST(qid AS STRING)), radius => 100e0 - qid,"
                + " params => 'ef=64')) AS s ON TRUE WHERE s.score > 0 OR s.id IS NULL");
    assertThat(found).hasSize(3 * (QUERIES - 1) + 1);
    for (Row row : found) {
      int query = row.<Integer>getFieldAs("qid");
      if (query == 3) {
        assertThat(row.getField("id")).isNull();
        continue;
      }
      assertThat(row.<Short>getFieldAs("year") % 8).isEqualTo(query);
      assertThat(Vectors.nearest("L2", rows, queries[query], r -> r % 8 == query, 3))
          .contains(row.<Long>getFieldAs("id"));
    }
    assertThat(
            run(
                tables,
                "SELECT id, score FROM TABLE(TIDEMARK_SEARCH('default.%s', %s, 2))"
                    .formatted(books.name(), literal(queries[1]))))
        .extracting(row -> row.<Long>getFieldAs("id"))
        .containsExactlyElementsOf(Vectors.nearest("L2", rows, queries[1], row -> true, 2));
  }

  private static String literal(float[] vector) {
    return "VECTOR_PARSE('" + printed(vector) + "')";
  }

  private TableEnvironment tables(boolean streaming) throws IOException {
    SqlSession session = streaming ? SqlSession.streaming(process) : SqlSession.batch(process);
    TableEnvironment tables = session.tables();
    tables.getConfig().set("parallelism.default", "1");
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < QUERIES; i++) {
      values.append((i == 0 ? "(" : ", (") + i + ", '" + printed(queries[i]) + "')");
    }
    tables.executeSql(
        "CREATE TEMPORARY VIEW q AS SELECT qid, VECTOR_PARSE(t) AS qv FROM (VALUES "
            + values
            + ") AS given(qid, t)");
    tables.executeSql(
        "CREATE TEMPORARY VIEW holed AS SELECT qid, CASE WHEN qid = 3 THEN CAST(NULL AS ARRAY<FLOAT>) ELSE qv END AS qv FROM q");
    return tables;
  }

  static String printed(float[] vector) {
    StringBuilder text = new StringBuilder();
    for (float value : vector) {
      text.append(text.isEmpty() ? "[" : ", ").append(value);
    }
    return text.append(']').toString();
  }

  private static List<Row> run(TableEnvironment tables, String query) {
    return CollectionUtil.iteratorToList(tables.executeSql(query).collect());
  }
}
