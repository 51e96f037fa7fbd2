package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.vector.request.GetReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.response.QueryResp;
import io.tidemark.tests.process.SharedTidemark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueryTest {
  private TestCollection rows;

  @BeforeAll
  void insertHalfOfTheRowsBeforeAFlushAndHalfAfter(MilvusClientV2 client) {
    rows = TestCollection.quick(client, 2);
    for (long from : new long[] {0, 10}) {
      List<JsonObject> batch = new ArrayList<>();
      for (long id = from; id < from + 10; id++) {
        batch.add(Row.of("id", id, "vector", new float[] {id, 1}, "third", id % 3));
      }
      rows.insert(batch);
      if (from == 0) {
        rows.flush();
      }
    }
  }

  private List<Object> ids(QueryReq.QueryReqBuilder query) {
    return rows.client().query(query.outputFields(List.of("id")).build()).getQueryResults().stream()
        .map(row -> row.getEntity().get("id"))
        .toList();
  }

  @Test
  void aFilterPicksRows() {
    assertThat(rows.ids("third == 0")).containsExactly(0L, 3L, 6L, 9L, 12L, 15L, 18L);
    assertThat(rows.rows("id == 12", "vector", "third"))
        .containsExactly(Map.of("id", 12L, "vector", List.of(12f, 1f), "third", 0L));
  }

  @Test
  void keysPickRows() {
    assertThat(ids(rows.query().ids(List.of(15L, 3L, 99L)))).containsExactlyInAnyOrder(3L, 15L);
  }

  @Test
  void limitAndOffsetPageThroughTheKeysInOrder() {
    assertThat(ids(rows.query().filter("id >= 0").limit(3))).containsExactly(0L, 1L, 2L);
    assertThat(ids(rows.query().filter("id >= 0").limit(4).offset(8)))
        .containsExactly(8L, 9L, 10L, 11L);
    assertThat(ids(rows.query().filter("id >= 0").limit(100).offset(18))).containsExactly(18L, 19L);
    assertThat(ids(rows.query().filter("").limit(2))).containsExactly(0L, 1L);
  }

  @Test
  void countCountsTheRowsThatPass() {
    assertThat(rows.count()).isEqualTo(20);
    assertThat(rows.rows("third == 1", "count(*)").getFirst()).containsEntry("count(*)", 7L);
    assertThat(rows.rows("id > 100", "count(*)").getFirst()).containsEntry("count(*)", 0L);
  }

  @Test
  void nothingFoundIsAnEmptyAnswer() {
    assertThat(rows.rows("id > 100", "*")).isEmpty();
    assertThat(rows.rows("id in []", "id")).isEmpty();
  }

  @Test
  void templatesFillAFilter(MilvusClientV2 client) {
    List<QueryResp.QueryResult> found =
        client
            .query(
                rows.query()
                    .filter("id > {low} and id in {some}")
                    .filterTemplateValues(Map.of("low", 4L, "some", List.of(3L, 5L, 7L)))
                    .outputFields(List.of("id"))
                    .build())
            .getQueryResults();
    assertThat(found).extracting(row -> row.getEntity().get("id")).containsExactly(5L, 7L);
  }

  @Test
  void getReadsRowsByTheirKeys(MilvusClientV2 client) {
    List<QueryResp.QueryResult> found =
        client
            .get(
                GetReq.builder()
                    .collectionName(rows.name())
                    .ids(List.of(2L, 11L, 500L))
                    .outputFields(List.of("third"))
                    .build())
            .getGetResults();
    assertThat(found)
        .extracting(QueryResp.QueryResult::getEntity)
        .containsExactlyInAnyOrder(Map.of("id", 2L, "third", 2L), Map.of("id", 11L, "third", 2L));
  }

  @Test
  void badQueriesAreRefused(MilvusClientV2 client) {
    assertRefused(1100, () -> rows.ids("id >"));
    assertRefused(1100, () -> rows.ids("id = 5"));
    assertRefused(1100, () -> rows.ids("id == 'five'"));
    assertRefused(1100, () -> ids(rows.query().filter("id >= 0").limit(16_385)), "16384");
    assertRefused(
        1100, () -> ids(rows.query().filter("id >= 0").limit(16_000).offset(385)), "16384");
    assertRefused(1100, () -> ids(rows.query().filter("")), "limit");
    TestCollection unknown = new TestCollection(client, "never_was");
    assertRefused(100, unknown::count, "never_was");
  }

  @Test
  void unknownFieldsAreRefusedWhereThereAreNoDynamicOnes(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client,
            Fields.schema(Fields.int64Key("id"), Fields.vector("v", 2)),
            Fields.autoIndex("v", io.milvus.v2.common.IndexParam.MetricType.L2));
    assertRefused(1100, () -> made.rows("id > 0", "no_field"), "no_field");
    assertRefused(1100, () -> made.rows("no_field > 0", "id"), "no_field");
    assertRefused(
        1100,
        () -> made.hits(made.search(new float[] {1, 2}).limit(1).outputFields(List.of("no_field"))),
        "no_field");
  }
}
