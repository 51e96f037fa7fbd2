package io.tidemark.tests.sql;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.text;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Vectors.onCircle;
import static io.tidemark.tests.conformance.Vectors.onLine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.milvus.common.clientenum.FunctionType;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.Function;
import io.milvus.v2.service.vector.request.AnnSearchReq;
import io.milvus.v2.service.vector.request.HybridSearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TIDEMARK_HYBRID_SEARCH on a MiniCluster, against what a stock SDK gets of the same server. */
@ExtendWith(SharedTidemark.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HybridSearchSqlTest {
  private static final int ROWS = 40;
  private static final int LIMIT = 5;
  private static final int CANDIDATES = 9;

  private TidemarkProcess process;
  private TestCollection made;

  @BeforeAll
  void insert(MilvusClientV2 client, TidemarkProcess tidemark) {
    process = tidemark;
    made = new TestCollection(client, TestCollection.unique("hybrid_sql"));
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(made.name())
            .collectionSchema(
                schema(int64Key("id"), text("name", 20), vector("a", 2), vector("b", 2)))
            .indexParams(List.of(autoIndex("a", MetricType.L2), autoIndex("b", MetricType.COSINE)))
            .consistencyLevel(ConsistencyLevel.STRONG)
            .build());
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < ROWS; id++) {
      rows.add(
          io.tidemark.tests.conformance.Row.of(
              "id", id, "name", "n" + id, "a", onLine(id), "b", onCircle(id * 7 % ROWS, ROWS)));
    }
    made.insert(rows);
  }

  /** Row 2 has a query for the first field only, row 3 has none. */
  private TableEnvironment tables(boolean streaming) throws IOException {
    SqlSession session = streaming ? SqlSession.streaming(process) : SqlSession.batch(process);
    TableEnvironment tables = session.tables();
    tables.getConfig().set("parallelism.default", "1");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(
          "(%d, '%s', '%s')"
              .formatted(
                  i,
                  SearchSqlTest.printed(onLine(9.3 * i)),
                  SearchSqlTest.printed(onCircle(11.37 * i, ROWS))));
    }
    tables.executeSql(
        "CREATE TEMPORARY VIEW q AS SELECT qid, CASE WHEN qid < 3 THEN VECTOR_PARSE(t) END AS qa, CASE WHEN qid < 2 THEN VECTOR_PARSE(u) END AS qb FROM (VALUES "
            + String.join(", ", rows)
            + ") AS given(qid, t, u)");
    return tables;
  }

  private List<SearchResp.SearchResult> expected(
      int query, String filter, Map<String, String> ranker) {
    List<AnnSearchReq> searches = new ArrayList<>();
    searches.add(search("a", onLine(9.3 * query), filter));
    if (query < 2) {
      searches.add(search("b", onCircle(11.37 * query, ROWS), filter));
    }
    return made.client()
        .hybridSearch(
            HybridSearchReq.builder()
                .collectionName(made.name())
                .searchRequests(searches)
                .ranker(
                    Function.builder()
                        .name("fusion")
                        .functionType(FunctionType.RERANK)
                        .params(new HashMap<>(ranker))
                        .build())
                .limit(LIMIT)
                .consistencyLevel(ConsistencyLevel.STRONG)
                .build())
        .getSearchResults()
        .getFirst();
  }

  private static AnnSearchReq search(String field, float[] query, String filter) {
    return AnnSearchReq.builder()
        .vectorFieldName(field)
        .vectors(List.of(new FloatVec(query)))
        .filter(filter)
        .limit(CANDIDATES)
        .build();
  }

  private Map<Integer, List<Row>> run(TableEnvironment tables, String arguments) {
    List<Row> rows =
        CollectionUtil.iteratorToList(
            tables
                .executeSql(
                    "SELECT qid, s.id, s.name, s.score, s.b FROM q LEFT JOIN LATERAL TABLE(TIDEMARK_HYBRID_SEARCH(collection => '"
                        + made.name()
                        + "', queries => ARRAY[qa, qb], k => 5, "
                        + arguments
                        + ")) AS s ON TRUE WHERE s.id >= 0 OR s.id IS NULL")
                .collect());
    Map<Integer, List<Row>> found = new TreeMap<>();
    for (Row row : rows) {
      found.computeIfAbsent(row.<Integer>getFieldAs("qid"), q -> new ArrayList<>()).add(row);
    }
    assertThat(found.keySet()).containsExactly(0, 1, 2, 3);
    assertThat(found.remove(3))
        .as("no query, no rows")
        .singleElement()
        .matches(row -> row.getField("id") == null);
    return found;
  }

  private static void assertSame(List<Row> rows, List<SearchResp.SearchResult> expected) {
    assertThat(rows)
        .extracting(row -> row.<Object>getFieldAs("id"))
        .isEqualTo(TestCollection.idsOf(expected));
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      assertThat(row.<Double>getFieldAs("score"))
          .isCloseTo(expected.get(i).getScore().doubleValue(), within(1e-6));
      assertThat(row.<String>getFieldAs("name")).isEqualTo("n" + row.getField("id"));
      assertThat(row.<Float[]>getFieldAs("b")).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsAreThoseOfTheSdk(boolean streaming) throws Exception {
    TableEnvironment tables = tables(streaming);
    run(tables, "params => 'candidates=9'")
        .forEach((query, rows) -> assertSame(rows, expected(query, "", Map.of("reranker", "rrf"))));
    run(
            tables,
            "fields => 'a, b', ranker => 'Weighted', weights => ARRAY[0.7, 0.3], expr => CONCAT('id % 3 == ', CAST(qid AS STRING)), params => 'candidates=9,ef=64'")
        .forEach((query, rows) ->
            assertSame(
                rows,
                expected(
                    query,
                    "id % 3 == " + query,
                    Map.of(
                        "reranker", "weighted",
                        "weights", query < 2 ? "[0.7, 0.3]" : "[0.7]",
                        "norm_score", "true"))));
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    TableEnvironment tables = tables(false);
    assertThatThrownBy(() -> run(tables, "fields => 'a, name'"))
        .hasStackTraceContaining("'name' is no vector field")
        .hasStackTraceContaining("[a, b]");
    assertThatThrownBy(() -> run(tables, "ranker => 'decay'"))
        .hasStackTraceContaining("ranker is 'decay', expected 'rrf' or 'weighted'");
    assertThatThrownBy(() -> run(tables, "ranker => 'weighted'"))
        .hasStackTraceContaining("needs weights => ARRAY[…]");
    assertThatThrownBy(() -> run(tables, "weights => ARRAY[0.1, 0.2]"))
        .hasStackTraceContaining("ranker 'rrf' takes no weights");
    assertThatThrownBy(() -> run(tables, "ranker => 'weighted', weights => ARRAY[0.1]"))
        .hasStackTraceContaining(
            "weights has 1 elements, expected one for each of the fields [a, b]");
    assertThatThrownBy(() -> run(tables, "fields => 'b'"))
        .hasStackTraceContaining("queries has 2 elements")
        .hasStackTraceContaining("[b]");
    assertThatThrownBy(() -> run(tables, "params => 'norm_score=false'"))
        .hasStackTraceContaining("norm_score says nothing to the ranker 'rrf'");
    assertThatThrownBy(() -> run(tables, "params => 'rrf_k=0'"))
        .hasStackTraceContaining("should be in range (0, 16384), but got 0.0");
    assertThatThrownBy(() -> run(tables, "params => 'candidates=none'"))
        .hasStackTraceContaining("topk [none] is invalid");
  }
}
