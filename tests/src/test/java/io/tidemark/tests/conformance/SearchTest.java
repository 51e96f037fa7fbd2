package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.process.SharedTidemark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows 0 … 19 lie on a line, so that the nearest of any query are plain to see. */
@ExtendWith(SharedTidemark.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchTest {
  private TestCollection line;

  @BeforeAll
  void insertHalfOfTheRowsBeforeAFlushAndHalfAfter(MilvusClientV2 client) {
    String name = TestCollection.unique("line");
    client.createCollection(
        io.milvus.v2.service.collection.request.CreateCollectionReq.builder()
            .collectionName(name)
            .dimension(2)
            .metricType("L2")
            .build());
    line = new TestCollection(client, name);
    for (long from : new long[] {0, 10}) {
      List<JsonObject> rows = new ArrayList<>();
      for (long id = from; id < from + 10; id++) {
        rows.add(
            Row.of(
                "id",
                id,
                "vector",
                new float[] {id, 0},
                "parity",
                id % 2 == 0 ? "even" : "odd",
                "square",
                id * id));
      }
      line.insert(rows);
      if (from == 0) {
        line.flush();
      }
    }
  }

  private static float[] at(float x) {
    return new float[] {x, 0};
  }

  private List<Object> ids(io.milvus.v2.service.vector.request.SearchReq.SearchReqBuilder search) {
    return TestCollection.idsOf(line.hits(search));
  }

  @Test
  void theNearestComeFirst() {
    List<SearchResp.SearchResult> hits = line.hits(line.search(at(12.2f)).limit(4));
    assertThat(TestCollection.idsOf(hits)).containsExactly(12L, 13L, 11L, 14L);
    assertThat(hits.getFirst().getScore())
        .isCloseTo(0.04f, org.assertj.core.data.Offset.offset(1e-4f));
    assertThat(hits.getFirst().getEntity()).isEmpty();
  }

  @Test
  void severalQueriesAreAnsweredInTheirOrder(MilvusClientV2 client) {
    List<List<SearchResp.SearchResult>> results =
        client.search(line.search(at(19), at(0), at(5.1f)).limit(2).build()).getSearchResults();
    assertThat(results)
        .extracting(TestCollection::idsOf)
        .containsExactly(List.of(19L, 18L), List.of(0L, 1L), List.of(5L, 6L));
  }

  @Test
  void anOffsetLeavesOutTheFirst() {
    assertThat(ids(line.search(at(0)).limit(3).offset(5))).containsExactly(5L, 6L, 7L);
    assertThat(ids(line.search(at(0)).limit(10).offset(18))).containsExactly(18L, 19L);
    assertThat(ids(line.search(at(0)).limit(10).offset(20))).isEmpty();
  }

  @Test
  void aLimitAboveTheRowsGivesAll() {
    assertThat(ids(line.search(at(0)).limit(1_000))).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void outputFieldsComeWithTheHits() {
    SearchResp.SearchResult hit =
        line.hits(line.search(at(3)).limit(1).outputFields(List.of("id", "vector", "parity")))
            .getFirst();
    assertThat(hit.getEntity())
        .containsEntry("parity", "odd")
        .doesNotContainKey("square")
        .containsEntry("vector", List.of(3f, 0f));
    assertThat(
            line.hits(line.search(at(3)).limit(1).outputFields(List.of("*")))
                .getFirst()
                .getEntity())
        .containsEntry("id", 3L)
        .containsEntry("$meta", JsonParser.parseString("{\"parity\": \"odd\", \"square\": 9}"))
        .containsKey("vector");
  }

  @Test
  void aFilterIsAppliedBeforeTheLimit() {
    assertThat(ids(line.search(at(0)).limit(3).filter("parity == 'odd'")))
        .containsExactly(1L, 3L, 5L);
    assertThat(ids(line.search(at(0)).limit(3).filter("square > 80 and id != 10")))
        .containsExactly(9L, 11L, 12L);
    assertThat(ids(line.search(at(0)).limit(3).filter("id > 1000"))).isEmpty();
  }

  @Test
  void templatesFillAFilter() {
    assertThat(
            ids(
                line.search(at(0))
                    .limit(10)
                    .filter("id in {ids} and parity == {parity}")
                    .filterTemplateValues(
                        Map.of("ids", List.of(1L, 2L, 3L, 15L), "parity", "odd"))))
        .containsExactly(1L, 3L, 15L);
  }

  @Test
  void aRangeBoundsTheScores() {
    assertThat(ids(line.search(at(0)).limit(20).searchParams(Map.of("radius", 9.0))))
        .as("distance < radius")
        .containsExactly(0L, 1L, 2L);
    assertThat(
            ids(
                line.search(at(0))
                    .limit(20)
                    .searchParams(Map.of("radius", 25.0, "range_filter", 4.0))))
        .as("range_filter <= distance < radius")
        .containsExactly(2L, 3L, 4L);
  }

  @Test
  void scoresAreRoundedWhenAsked() {
    SearchResp.SearchResult hit =
        line.hits(line.search(at(0.333f)).limit(1).roundDecimal(2)).getFirst();
    assertThat(hit.getScore()).isEqualTo(0.11f);
  }

  @Test
  void theVectorFieldAndTheMetricMayBeNamed() {
    assertThat(
            ids(
                line.search(at(4))
                    .limit(1)
                    .annsField("vector")
                    .metricType(MetricType.L2)
                    .searchParams(Map.of("ef", 64))))
        .containsExactly(4L);
  }

  @Test
  void anEmptyCollectionGivesNoHits(MilvusClientV2 client) {
    TestCollection empty = TestCollection.quick(client, 2);
    List<List<SearchResp.SearchResult>> results =
        client
            .search(empty.search(at(1), at(2)).limit(3).outputFields(List.of("*")).build())
            .getSearchResults();
    assertThat(results).hasSize(2).allMatch(List::isEmpty);
  }

  @Test
  void limitsAndNamesAreChecked(MilvusClientV2 client) {
    assertRefused(() -> line.hits(line.search(at(0)).limit(0)));
    assertRefused(() -> line.hits(line.search(at(0)).limit(-1)));
    assertRefused(1100, () -> line.hits(line.search(at(0)).limit(16_385)), "16384", "16385");
    assertRefused(1100, () -> line.hits(line.search(at(0)).limit(16_000).offset(385)), "16384");
    assertRefused(1100, () -> line.hits(line.search(at(0)).limit(1).roundDecimal(7)), "round");
    assertRefused(
        1100,
        () -> line.hits(line.search(at(0)).limit(1).metricType(MetricType.IP)),
        "metric",
        "L2",
        "IP");
    assertRefused(
        1100, () -> line.hits(line.search(at(0)).limit(1).annsField("no_field")), "no_field");
    assertRefused(1100, () -> line.hits(line.search(new float[] {1, 2, 3}).limit(1)), "dim");
    assertRefused(1100, () -> line.hits(line.search(at(Float.NaN)).limit(1)));
    assertRefused(
        1100,
        () ->
            line.hits(
                line.search(at(0))
                    .limit(10)
                    .searchParams(Map.of("radius", 1.0, "range_filter", 2.0))),
        "range_filter");
    assertRefused(1100, () -> line.hits(line.search(at(0)).limit(1).filter("id >")));
    assertRefused(
        100,
        () -> {
          TestCollection unknown = new TestCollection(client, "never_was");
          unknown.hits(unknown.search(at(0)).limit(1));
        },
        "never_was");
  }
}
