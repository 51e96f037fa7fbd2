package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.process.SharedTidemark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hits and scores, held against plain arithmetic over all rows. */
@ExtendWith(SharedTidemark.class)
class ScoreTest {
  private static final int ROWS = 300;
  private static final int DIMENSION = 19;
  private static final int LIMIT = 12;

  private final long seed = Long.getLong("seed", System.nanoTime());

  @ParameterizedTest
  @CsvSource({"L2, false", "L2, true", "IP, false", "IP, true", "COSINE, false", "COSINE, true"})
  void hitsAndScoresAreTheExactOnes(String metric, boolean flushed, MilvusClientV2 client) {
    Random random = new Random(seed);
    float[][] rows = Vectors.random(random, ROWS, DIMENSION);
    float[][] queries = Vectors.random(random, 3, DIMENSION);
    TestCollection made = insert(client, metric, rows);
    if (flushed) {
      made.flush();
    }

    List<List<SearchResp.SearchResult>> results =
        client.search(made.search(queries).limit(LIMIT).build()).getSearchResults();
    List<List<SearchResp.SearchResult>> filtered =
        client
            .search(made.search(queries).limit(LIMIT).filter("id % 7 == 3").build())
            .getSearchResults();
    for (int i = 0; i < queries.length; i++) {
      assertExact(
          metric,
          rows,
          queries[i],
          results.get(i),
          Vectors.nearest(metric, rows, queries[i], row -> true, LIMIT));
      assertExact(
          metric,
          rows,
          queries[i],
          filtered.get(i),
          Vectors.nearest(metric, rows, queries[i], row -> row % 7 == 3, LIMIT));
    }
  }

  @ParameterizedTest
  @CsvSource({"IP", "COSINE"})
  void aRangeOfSimilarityIsAboveTheRadius(String metric, MilvusClientV2 client) {
    Random random = new Random(seed);
    float[][] rows = Vectors.random(random, ROWS, DIMENSION);
    float[] query = Vectors.random(random, DIMENSION);
    TestCollection made = insert(client, metric, rows);
    List<Long> all = Vectors.nearest(metric, rows, query, row -> true, ROWS);
    // Bounds halfway between two neighbours, so that rounding decides nothing.
    double upper = between(metric, rows, query, all, 5);
    double lower = between(metric, rows, query, all, 20);

    List<SearchResp.SearchResult> hits =
        made.hits(
            made.search(query)
                .limit(100)
                .searchParams(Map.of("radius", lower, "range_filter", upper)));
    assertThat(TestCollection.idsOf(hits))
        .as("seed %d: radius < score <= range_filter", seed)
        .containsExactlyElementsOf(new ArrayList<>(all.subList(5, 20)));
  }

  private static double between(
      String metric, float[][] rows, float[] query, List<Long> order, int place) {
    double before = Vectors.score(metric, query, rows[order.get(place - 1).intValue()]);
    double after = Vectors.score(metric, query, rows[order.get(place).intValue()]);
    return (before + after) / 2;
  }

  private void assertExact(
      String metric,
      float[][] rows,
      float[] query,
      List<SearchResp.SearchResult> hits,
      List<Long> expected) {
    assertThat(TestCollection.idsOf(hits))
        .as("seed %d", seed)
        .containsExactlyElementsOf(new ArrayList<>(expected));
    for (SearchResp.SearchResult hit : hits) {
      double exact = Vectors.score(metric, query, rows[((Long) hit.getId()).intValue()]);
      assertThat(hit.getScore().doubleValue())
          .as("seed %d, row %s", seed, hit.getId())
          .isCloseTo(exact, within(1e-4));
    }
  }

  private static TestCollection insert(MilvusClientV2 client, String metric, float[][] vectors) {
    TestCollection made =
        TestCollection.create(
            client,
            schema(int64Key("id"), vector("v", DIMENSION)),
            autoIndex("v", MetricType.valueOf(metric)));
    List<JsonObject> rows = new ArrayList<>();
    for (int row = 0; row < vectors.length; row++) {
      rows.add(Row.of("id", (long) row, "v", vectors[row]));
    }
    made.insert(rows);
    return made;
  }
}
