package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.dynamic;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static io.tidemark.tests.conformance.Vectors.onCircle;
import static io.tidemark.tests.conformance.Vectors.onLine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.milvus.common.clientenum.FunctionType;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.CreateCollectionReq.Function;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.vector.request.AnnSearchReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.FunctionScore;
import io.milvus.v2.service.vector.request.HybridSearchReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.request.ranker.DecayRanker;
import io.milvus.v2.service.vector.request.ranker.RRFRanker;
import io.milvus.v2.service.vector.request.ranker.WeightedRanker;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.process.SharedTidemark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Rows 0 … 39 lie on a line by one field and on a circle, in another order, by the other, so that
 * no two are as near to a query.
 */
@ExtendWith(SharedTidemark.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HybridSearchTest {
  private static final int ROWS = 40;
  private static final Set<Long> DELETED = Set.of(4L, 21L);
  private static final float[][] LINE = new float[ROWS][];
  private static final float[][] CIRCLE = new float[ROWS][];

  static {
    for (int i = 0; i < ROWS; i++) {
      LINE[i] = onLine(i);
      CIRCLE[i] = onCircle(i * 7 % ROWS, ROWS);
    }
  }

  private TestCollection made;
  private MilvusClientV2 client;
  private long beforeTheDeletes;

  /** One of the searches, and what it is known to find. */
  private record Part(String field, double at, String filter, LongPredicate passes, int limit) {
    static Part near(String field, double place, int limit) {
      return new Part(field, place, "", row -> true, limit);
    }

    float[] query() {
      return field.equals("line") ? onLine(at) : onCircle(at, ROWS);
    }

    Part among(String rows, LongPredicate known) {
      return new Part(field, at, rows, known, limit);
    }

    String metric() {
      return field.equals("line") ? "L2" : "COSINE";
    }

    float[][] rows() {
      return field.equals("line") ? LINE : CIRCLE;
    }

    List<Long> found(LongPredicate live) {
      return Vectors.nearest(
          metric(), rows(), query(), row -> live.test(row) && passes.test(row), limit);
    }

    double score(long row) {
      return Vectors.score(metric(), query(), rows()[(int) row]);
    }

    AnnSearchReq.AnnSearchReqBuilder request() {
      return AnnSearchReq.builder()
          .vectorFieldName(field)
          .vectors(List.of(new FloatVec(query())))
          .filter(filter)
          .limit(limit);
    }
  }

  @BeforeAll
  void insertSomeRowsBeforeAFlushAndSomeAfter(MilvusClientV2 sdk) {
    client = sdk;
    made =
        TestCollection.create(
            client,
            dynamic(schema(int64Key("id"), vector("line", 2), vector("circle", 2))),
            autoIndex("line", MetricType.L2),
            autoIndex("circle", MetricType.COSINE));
    client.createPartition(
        CreatePartitionReq.builder().collectionName(made.name()).partitionName("tens").build());
    insert("_default", row -> row % 10 != 0 && row < 20);
    made.flush();
    insert("_default", row -> row % 10 != 0 && row >= 20);
    insert("tens", row -> row % 10 == 0);
    beforeTheDeletes = client.search(search(Part.near("line", 0, 1)).build()).getSessionTs();
    client.delete(
        DeleteReq.builder().collectionName(made.name()).ids(List.copyOf(DELETED)).build());
  }

  private void insert(String partition, LongPredicate wanted) {
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < ROWS; id++) {
      if (wanted.test(id)) {
        rows.add(
            Row.of("id", id, "line", LINE[(int) id], "circle", CIRCLE[(int) id], "name", "n" + id));
      }
    }
    client.insert(
        InsertReq.builder()
            .collectionName(made.name())
            .partitionName(partition)
            .data(rows)
            .build());
  }

  private io.milvus.v2.service.vector.request.SearchReq.SearchReqBuilder search(Part part) {
    return made.search(part.query()).annsField(part.field()).limit(part.limit());
  }

  private HybridSearchReq.HybridSearchReqBuilder hybrid(AnnSearchReq... searches) {
    return HybridSearchReq.builder()
        .collectionName(made.name())
        .searchRequests(List.of(searches))
        .consistencyLevel(ConsistencyLevel.STRONG)
        .limit(ROWS);
  }

  private HybridSearchReq.HybridSearchReqBuilder hybrid(Part... parts) {
    return hybrid(
        Stream.of(parts).map(part -> part.request().build()).toArray(AnnSearchReq[]::new));
  }

  private List<SearchResp.SearchResult> hits(HybridSearchReq.HybridSearchReqBuilder request) {
    return client.hybridSearch(request.build()).getSearchResults().getFirst();
  }

  private List<Object> ids(HybridSearchReq.HybridSearchReqBuilder request) {
    return TestCollection.idsOf(hits(request));
  }

  private static Function function(Map<String, String> params) {
    return Function.builder()
        .name("fusion")
        .functionType(FunctionType.RERANK)
        .params(new HashMap<>(params))
        .build();
  }

  private static RRFRanker ranks(int k) {
    return RRFRanker.builder().k(k).build();
  }

  private static WeightedRanker weights(Float... weights) {
    return WeightedRanker.builder().weights(List.of(weights)).build();
  }

  // What is known to come out.

  private static boolean live(long row) {
    return !DELETED.contains(row);
  }

  private static Map<Long, Double> ranked(double k, LongPredicate live, Part... parts) {
    Map<Long, Double> scores = new TreeMap<>();
    for (Part part : parts) {
      List<Long> found = part.found(live);
      found.forEach(row -> scores.merge(row, 1 / (k + 1 + found.indexOf(row)), Double::sum));
    }
    return scores;
  }

  private static Map<Long, Double> weighted(
      double lineWeight,
      DoubleUnaryOperator ofLine,
      double weight,
      DoubleUnaryOperator of,
      Part... parts) {
    Map<Long, Double> scores = new TreeMap<>();
    for (Part part : parts) {
      boolean line = part.field().equals("line");
      for (long row : part.found(HybridSearchTest::live)) {
        double score = (line ? ofLine : of).applyAsDouble(part.score(row));
        scores.merge(row, (line ? lineWeight : weight) * score, Double::sum);
      }
    }
    return scores;
  }

  /** The largest first, of equal ones the smaller key. */
  private static List<Object> largestFirst(Map<Long, Double> scores) {
    Comparator<Long> byScore = Comparator.comparingDouble(row -> scores.get(row).floatValue());
    return scores.keySet().stream()
        .sorted(byScore.reversed().thenComparing(row -> row))
        .<Object>map(row -> row)
        .toList();
  }

  private static void assertFused(
      List<SearchResp.SearchResult> hits, Map<Long, Double> scores, List<Object> order) {
    assertThat(TestCollection.idsOf(hits)).isEqualTo(order);
    for (SearchResp.SearchResult hit : hits) {
      assertThat(hit.getScore().doubleValue())
          .as("row %s", hit.getId())
          .isCloseTo(scores.get((Long) hit.getId()), within(1e-4));
    }
  }

  @Test
  void hitsAreFusedByTheirRanks() {
    Part line = Part.near("line", 12.3, 15).among("id % 2 == 0", row -> row % 2 == 0);
    Part circle = Part.near("circle", 8.37, 10);
    Map<Long, Double> scores = ranked(60, HybridSearchTest::live, line, circle);
    List<Object> order = largestFirst(scores);
    assertFused(hits(hybrid(line, circle).ranker(ranks(60))), scores, order);
    assertThat(ids(hybrid(line, circle))).as("without a ranker").isEqualTo(order);
    assertThat(ids(hybrid(line, circle).ranker(ranks(60)).offset(3).limit(4)))
        .isEqualTo(order.subList(3, 7));
    assertThat(ids(hybrid(line, circle).offset(ROWS))).isEmpty();

    Map<Long, Double> steep = ranked(1, HybridSearchTest::live, line, circle, circle);
    assertFused(
        hits(
            hybrid(line, circle, circle)
                .functionScore(
                    FunctionScore.builder()
                        .addFunction(function(Map.of("reranker", "rrf", "k", "1")))
                        .build())),
        steep,
        largestFirst(steep));
  }

  @Test
  void hitsAreFusedByWeightedScores() {
    Part line = Part.near("line", 12.3, 12);
    Part circle = Part.near("circle", 8.37, 12).among("name != 'n4'", row -> row != 4);
    DoubleUnaryOperator turned = distance -> 1 - 2 * Math.atan(distance) / Math.PI;
    Map<Long, Double> plain = weighted(0.3, turned, 0.9, cosine -> cosine, line, circle);
    assertFused(hits(hybrid(line, circle).ranker(weights(0.3f, 0.9f))), plain, largestFirst(plain));
    Map<Long, Double> normal = weighted(0.8, turned, 0.2, cosine -> (1 + cosine) / 2, line, circle);
    Function normalised =
        function(Map.of("reranker", "weighted", "weights", "[0.8, 0.2]", "norm_score", "true"));
    assertFused(hits(hybrid(line, circle).ranker(normalised)), normal, largestFirst(normal));

    Part other = Part.near("line", 14.4, 12);
    Map<Long, Double> distances =
        weighted(0.5, distance -> distance, 0, cosine -> cosine, line, other);
    List<Object> nearest = new ArrayList<>(largestFirst(distances)).reversed();
    assertFused(hits(hybrid(line, other).ranker(weights(0.5f, 0.5f))), distances, nearest);
  }

  @Test
  void eachQueryIsFusedOnItsOwn() {
    AnnSearchReq line =
        Part.near("line", 0, 3)
            .request()
            .vectors(List.of(new FloatVec(onLine(39)), new FloatVec(onLine(1.1))))
            .build();
    AnnSearchReq circle =
        Part.near("circle", 0, 2)
            .request()
            .vectors(List.of(new FloatVec(onCircle(0.3, ROWS)), new FloatVec(onCircle(7.3, ROWS))))
            .build();
    assertThat(client.hybridSearch(hybrid(line, circle).build()).getSearchResults())
        .extracting(TestCollection::idsOf)
        .containsExactly(
            largestFirst(
                ranked(
                    60,
                    HybridSearchTest::live,
                    Part.near("line", 39, 3),
                    Part.near("circle", 0.3, 2))),
            largestFirst(
                ranked(
                    60,
                    HybridSearchTest::live,
                    Part.near("line", 1.1, 3),
                    Part.near("circle", 7.3, 2))));
  }

  @Test
  void outputFieldsTemplatesRangesAndRounding() {
    Part line = Part.near("line", 12.3, ROWS);
    AnnSearchReq some =
        line.request()
            .filter("name in {names}")
            .filterTemplateValues(Map.of("names", List.of("n11", "n12", "n13", "n30")))
            .params("{\"radius\": 4.0, \"range_filter\": 0.2}")
            .metricType(MetricType.L2)
            .build();
    List<SearchResp.SearchResult> hits =
        hits(hybrid(some).outFields(List.of("name", "circle")).roundDecimal(3));
    assertThat(TestCollection.idsOf(hits))
        .as("12 is too near, 30 too far")
        .containsExactly(13L, 11L);
    assertThat(hits.getFirst().getScore()).isEqualTo(0.016f);
    assertThat(hits.getFirst().getEntity())
        .containsEntry("name", "n13")
        .containsEntry("circle", List.of(CIRCLE[13][0], CIRCLE[13][1]))
        .doesNotContainKey("line");
  }

  @Test
  void aPartitionAndATimeGoneByAreThoseOfAllSearches() {
    Part line = Part.near("line", 3.9, 8);
    Part circle = Part.near("circle", 28.2, 8);
    assertThat(ids(hybrid(line, circle).partitionNames(List.of("tens"))))
        .isEqualTo(largestFirst(ranked(60, row -> row % 10 == 0, line, circle)));
    assertThat(ids(hybrid(line, circle))).doesNotContain(4L, 21L);

    String then = "{\"as_of\": \"" + beforeTheDeletes + "\"}";
    List<Object> all = largestFirst(ranked(60, row -> true, line, circle));
    assertThat(all).contains(4L);
    assertThat(
            ids(hybrid(line.request().params(then).build(), circle.request().params(then).build())))
        .isEqualTo(all);
    assertThat(ids(hybrid(line.request().params(then).build(), circle.request().build())))
        .as("both see one moment")
        .isEqualTo(all);
    assertRefused(
        1100,
        () ->
            ids(
                hybrid(
                    line.request().params(then).build(),
                    circle.request().params("{\"as_of\": \"sometime\"}").build())),
        "as_of [sometime]",
        "one moment");
  }

  @Test
  void anEmptyAnswerIsNone() {
    Part none = Part.near("line", 1, 5).among("id > 1000", row -> false);
    assertThat(hits(hybrid(none, none).outFields(List.of("*")))).isEmpty();
    Part some = Part.near("circle", 0.3, 2);
    assertThat(ids(hybrid(none, some)))
        .isEqualTo(largestFirst(ranked(60, HybridSearchTest::live, some)));
  }

  @Test
  void whatIsWrongIsRefused() {
    Part line = Part.near("line", 1, 5);
    Part circle = Part.near("circle", 1, 5);
    assertRefused(1100, () -> ids(hybrid(line).limit(0)), "limit [0] is invalid");
    assertRefused(1100, () -> ids(hybrid(line).limit(16_385)), "16384", "16385");
    assertRefused(1100, () -> ids(hybrid(line).roundDecimal(7)), "round_decimal [7]");
    assertRefused(1100, () -> ids(hybrid(line.request().limit(0).build())), "topk [0] is invalid");
    assertRefused(1100, () -> ids(hybrid(line, circle).ranker(ranks(0))), "(0, 16384)", "0.0");
    assertRefused(
        1100, () -> ids(hybrid(line, circle).ranker(weights(1f))), "expected=2", "actual=1");
    assertRefused(1100, () -> ids(hybrid(line).ranker(weights(2f))), "[0, 1]", "got 2.0");
    assertRefused(
        1100,
        () ->
            ids(
                hybrid(line)
                    .ranker(
                        DecayRanker.builder()
                            .name("younger")
                            .inputFieldNames(List.of("id"))
                            .function("gauss")
                            .origin(1)
                            .scale(1)
                            .build())),
        "decay",
        "[rrf, weighted]");
    assertRefused(1100, () -> ids(hybrid(line).groupByFieldName("name")), "group_by_field");
    AnnSearchReq two =
        circle
            .request()
            .vectors(List.of(new FloatVec(onCircle(1, ROWS)), new FloatVec(onCircle(2, ROWS))))
            .build();
    assertRefused(
        1100,
        () -> ids(hybrid(line.request().build(), two)),
        "sub search request nq should be the same");
    assertRefused(1100, () -> ids(hybrid(line.request().vectorFieldName("name").build())), "name");
    assertRefused(
        1100, () -> ids(hybrid(line.request().metricType(MetricType.IP).build())), "metric", "L2");
    assertRefused(1100, () -> ids(hybrid(line.request().filter("id >").build())));
    assertRefused(200, () -> ids(hybrid(line).partitionNames(List.of("nowhere"))), "nowhere");
    assertRefused(100, () -> ids(hybrid(line).collectionName("never_was")), "never_was");
    AnnSearchReq[] many = new AnnSearchReq[1_025];
    Arrays.fill(many, line.request().build());
    assertRefused(1100, () -> ids(hybrid(many)), "maximum of ann search requests is 1024", "1025");
    assertThat(ids(hybrid(Arrays.copyOf(many, 1_024)))).hasSize(5);
  }
}
