package io.tidemark.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HitFuserTest {
  private static final Fusion RANKS = new Fusion.ReciprocalRank(Fusion.ReciprocalRank.K_DEFAULT);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private static Hit hit(long key, double score) {
    return new Hit(key, 1, (float) score, 0, (int) key);
  }

  private static List<Object> keys(List<Hit> hits) {
    return hits.stream().map(Hit::key).toList();
  }

  private static List<Hit> fuse(Fusion fusion, List<Metric> metrics, List<List<Hit>> searches) {
    return new HitFuser(fusion, metrics).fuse(searches, 0, 100);
  }

  @Test
  void ranksCountAndScoresDoNot() {
    List<Hit> fused =
        fuse(
            RANKS,
            List.of(Metric.L2, Metric.IP),
            List.of(List.of(hit(1, 0), hit(2, 5)), List.of(hit(3, 9), hit(2, 8))));
    assertThat(keys(fused)).containsExactly(2L, 1L, 3L);
    assertThat(fused.get(0).score()).isCloseTo(2 / 62f, within(1e-7f));
    assertThat(fused.get(1).score()).isCloseTo(1 / 61f, within(1e-7f));
  }

  @ParameterizedTest
  @CsvSource({
    "COSINE, 0.5, 0.75",
    "COSINE, -1, 0",
    "IP, 0, 0.5",
    "IP, 1, 0.75",
    "L2, 0, 1",
    "L2, 1, 0.5",
    "HAMMING, 1, 0.5",
    "JACCARD, 0, 1",
    "L2, Infinity, 0"
  })
  void normalisedScoresAreThoseOfMilvus(Metric metric, double score, float expected) {
    Fusion half = new Fusion.Weighted(List.of(0.5f), true);
    assertThat(fuse(half, List.of(metric), List.of(List.of(hit(1, score)))).getFirst().score())
        .isCloseTo(expected / 2, within(1e-6f));
  }

  @Test
  void distancesAloneStayDistancesAndTheSmallestComesFirst() {
    List<Hit> fused =
        fuse(
            new Fusion.Weighted(List.of(1f, 0.5f), false),
            List.of(Metric.L2, Metric.L2),
            List.of(List.of(hit(1, 1), hit(2, 4)), List.of(hit(1, 8), hit(2, 1))));
    assertThat(keys(fused)).containsExactly(2L, 1L);
    assertThat(fused.getFirst().score()).isEqualTo(4.5f);
  }

  @Test
  void distancesBesideSimilaritiesAreTurnedRound() {
    List<Hit> fused =
        fuse(
            new Fusion.Weighted(List.of(1f, 1f), false),
            List.of(Metric.L2, Metric.IP),
            List.of(List.of(hit(1, 0), hit(2, 1)), List.of(hit(3, 0.7))));
    assertThat(keys(fused)).containsExactly(1L, 3L, 2L);
    assertThat(fused).extracting(Hit::score).containsExactly(1f, 0.7f, 0.5f);
  }

  @Test
  void aSearchOfNoWeightMakesNoNaN() {
    List<Hit> fused =
        fuse(
            new Fusion.Weighted(List.of(0f), false),
            List.of(Metric.L2),
            List.of(List.of(hit(1, Double.POSITIVE_INFINITY))));
    assertThat(fused.getFirst().score()).isZero();
  }

  @Test
  void theNewestRowOfAKeyIsGivenBack() {
    Hit old = new Hit("a", 10, 1, 0, 4);
    Hit young = new Hit("a", 20, 1, 7, 9);
    Hit alike = new Hit("a", 20, 1, 8, 1);
    assertThat(
            fuse(
                RANKS,
                List.of(Metric.L2, Metric.L2, Metric.L2),
                List.of(List.of(old), List.of(young), List.of(alike))))
        .singleElement()
        .satisfies(hit -> {
          assertThat(hit.source()).isEqualTo(7);
          assertThat(hit.row()).isEqualTo(9);
        });
  }

  @Test
  void whatIsOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new Fusion.Weighted(List.of(0.5f, 1.1f), true))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("should be in range [0, 1], but got 1.1");
    assertThatThrownBy(() -> new Fusion.Weighted(List.of(Float.NaN), true))
        .hasMessageContaining("[0, 1]");
    assertThatThrownBy(() -> new HitFuser(new Fusion.Weighted(List.of(1f), true), List.of()))
        .hasMessageContaining("1 weights for 0 searches");
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1, 16_384, Float.NaN})
  void ranksAreSmoothedByANumberInRange(float k) {
    assertThatThrownBy(() -> new Fusion.ReciprocalRank(k))
        .hasMessageContaining("The rank params k should be in range (0, 16384), but got " + k);
  }

  @Test
  void anyHitsAreFusedAsTheNaiveReferenceFusesThem() {
    for (int round = 0; round < 300; round++) {
      int count = 1 + random.nextInt(4);
      List<Metric> metrics = new ArrayList<>();
      List<List<Hit>> searches = new ArrayList<>();
      List<Float> weights = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Metric metric = List.of(Metric.values()).get(random.nextInt(Metric.values().length));
        metrics.add(metric);
        searches.add(some(metric));
        weights.add(random.nextInt(5) / 4f);
      }
      Fusion fusion =
          random.nextBoolean()
              ? new Fusion.ReciprocalRank(1 + random.nextInt(90))
              : new Fusion.Weighted(weights, random.nextBoolean());
      int offset = random.nextInt(5);
      int limit = 1 + random.nextInt(20);
      List<Hit> fused = new HitFuser(fusion, metrics).fuse(searches, offset, limit);
      Map<Object, Float> scores = reference(fusion, metrics, searches);
      boolean distances = metrics.stream().noneMatch(Metric::largerIsNearer);
      boolean smallest = fusion instanceof Fusion.Weighted w && !w.normalised() && distances;
      Comparator<Object> byScore = Comparator.comparingDouble(scores::get);
      assertThat(keys(fused))
          .as("seed %d, round %d, %s, %s, %s", seed, round, fusion, metrics, searches)
          .isEqualTo(
              scores.keySet().stream()
                  .sorted(
                      (smallest ? byScore : byScore.reversed()).thenComparing(key -> (Long) key))
                  .skip(offset)
                  .limit(limit)
                  .toList());
      assertThat(fused)
          .as("seed %d, round %d", seed, round)
          .allSatisfy(hit -> assertThat(hit.score()).isEqualTo(scores.get(hit.key())));
    }
  }

  /** Coarse scores, so that many are alike. */
  private List<Hit> some(Metric metric) {
    HitReducer reducer = new HitReducer(metric);
    for (int i = random.nextInt(15); i > 0; i--) {
      float score = random.nextInt(9) / 8f;
      reducer.add(
          (long) random.nextInt(20), 1, metric.largerIsNearer() ? score - 0.5f : score, 0, i);
    }
    return reducer.reduce(0, 100);
  }

  private static Map<Object, Float> reference(
      Fusion fusion, List<Metric> metrics, List<List<Hit>> searches) {
    Map<Object, Double> sums = new TreeMap<>();
    for (int i = 0; i < searches.size(); i++) {
      for (Hit hit : searches.get(i)) {
        double part =
            fusion instanceof Fusion.Weighted weighted
                ? weighted.weights().get(i) * weighed(weighted, metrics, i, hit.score())
                : 1 / (((Fusion.ReciprocalRank) fusion).k() + 1.0 + searches.get(i).indexOf(hit));
        sums.merge(hit.key(), part, Double::sum);
      }
    }
    Map<Object, Float> scores = new TreeMap<>();
    // Without negative zeros, which no score is below.
    sums.forEach((key, sum) -> scores.put(key, sum.floatValue() + 0f));
    return scores;
  }

  private static double weighed(
      Fusion.Weighted weighted, List<Metric> metrics, int search, double score) {
    boolean mixed =
        metrics.stream().anyMatch(Metric::largerIsNearer)
            && !metrics.stream().allMatch(Metric::largerIsNearer);
    return switch (metrics.get(search)) {
      case MHJACCARD -> score;
      case L2, HAMMING, JACCARD ->
          weighted.normalised() || mixed ? 1 - 2 * Math.atan(score) / Math.PI : score;
      case IP -> weighted.normalised() ? 0.5 + Math.atan(score) / Math.PI : score;
      case COSINE -> weighted.normalised() ? (1 + score) / 2 : score;
    };
  }
}
