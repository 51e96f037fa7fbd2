package io.tidemark.engine.segment;

import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.model.index.Metric;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fuses the hits of several searches for one query. A key appears once, as the newest of its hits,
 * of equally new ones that of the first search; equal scores are ordered by key. Sums are made in
 * the order of the searches, so that the same hits give the same answer. Thread-safe.
 */
public final class HitFuser {
  private final Fusion fusion;
  private final List<Metric> metrics;
  private final boolean distancesAlone;

  /**
   * @param metrics of the searches, in their order
   */
  public HitFuser(Fusion fusion, List<Metric> metrics) {
    if (fusion instanceof Fusion.Weighted weighted && weighted.weights().size() != metrics.size()) {
      throw new IllegalArgumentException(
          weighted.weights().size() + " weights for " + metrics.size() + " searches");
    }
    this.fusion = fusion;
    this.metrics = List.copyOf(metrics);
    this.distancesAlone = metrics.stream().noneMatch(Metric::largerIsNearer);
  }

  private static final class Fused {
    private Hit newest;
    private double score;

    Fused(Hit first) {
      newest = first;
    }

    void add(Hit hit, double more) {
      newest = hit.timestamp() > newest.timestamp() ? hit : newest;
      score += more;
    }

    Hit hit() {
      return new Hit(
          newest.key(), newest.timestamp(), (float) score, newest.source(), newest.row());
    }
  }

  /**
   * Hits {@code offset} to {@code offset + limit} of the fused order, with the fused scores.
   *
   * @param searches of each search its hits, best first, each key once
   */
  public List<Hit> fuse(List<List<Hit>> searches, int offset, int limit) {
    Map<Object, Fused> byKey = new HashMap<>();
    for (int search = 0; search < searches.size(); search++) {
      List<Hit> hits = searches.get(search);
      for (int i = 0; i < hits.size(); i++) {
        Hit hit = hits.get(i);
        byKey
            .computeIfAbsent(hit.key(), key -> new Fused(hit))
            .add(hit, part(search, i + 1, hit.score()));
      }
    }
    return HitReducer.page(
        byKey.values().stream().map(Fused::hit).toList(), largerFirst(), offset, limit);
  }

  private boolean largerFirst() {
    return switch (fusion) {
      case Fusion.ReciprocalRank rank -> true;
      case Fusion.Weighted weighted -> weighted.normalised() || !distancesAlone;
    };
  }

  private double part(int search, int rank, float score) {
    return switch (fusion) {
      case Fusion.ReciprocalRank reciprocal -> 1 / ((double) reciprocal.k() + rank);
      case Fusion.Weighted weighted -> {
        double weight = weighted.weights().get(search);
        // An infinite score of a search that does not count makes no NaN.
        yield weight == 0 ? 0 : weight * comparable(weighted, metrics.get(search), score);
      }
    };
  }

  private double comparable(Fusion.Weighted weighted, Metric metric, float score) {
    boolean bounded = weighted.normalised() || !(metric.largerIsNearer() || distancesAlone);
    return bounded ? normal(metric, score) : score;
  }

  private static double normal(Metric metric, float score) {
    return switch (metric) {
      case COSINE -> (1 + (double) score) / 2;
      case IP -> 0.5 + Math.atan(score) / Math.PI;
      case MHJACCARD -> score;
      case L2, HAMMING, JACCARD -> 1 - 2 * Math.atan(score) / Math.PI;
    };
  }
}
