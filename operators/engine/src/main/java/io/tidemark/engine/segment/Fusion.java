package io.tidemark.engine.segment;

import io.tidemark.model.error.TidemarkException;
import java.util.List;

/** How the hits of several searches, over one collection and for one query, become one order. */
public sealed interface Fusion {
  /**
   * A row scores the sum of {@code 1 / (k + rank)} over the searches that found it, ranks from 1;
   * the largest comes first. Scores of the searches do not count.
   *
   * @param k in (0, {@value #K_BOUND})
   */
  record ReciprocalRank(float k) implements Fusion {
    public static final int K_BOUND = 16_384;
    public static final float K_DEFAULT = 60;

    public ReciprocalRank {
      if (!(k > 0 && k < K_BOUND)) {
        throw TidemarkException.invalid(
            "The rank params k should be in range (0, " + K_BOUND + "), but got " + k);
      }
    }
  }

  /**
   * A row scores the sum of {@code weight * score} over the searches that found it.
   *
   * <p>Normalised, each score is first brought to 0 … 1 by its metric, larger being nearer: {@code
   * (1 + cosine) / 2}, {@code 1/2 + atan(product) / π}, {@code 1 - 2 atan(distance) / π}. Otherwise
   * scores stay as they are, but for distances beside metrics whose larger scores are nearer, which
   * are brought to 0 … 1 in the same way. The nearest come first: the largest, or, of distances
   * alone that are not normalised, the smallest.
   *
   * @param weights of the searches, in their order, each in [0, 1]
   */
  record Weighted(List<Float> weights, boolean normalised) implements Fusion {
    public Weighted {
      weights = List.copyOf(weights);
      for (float weight : weights) {
        if (!(weight >= 0 && weight <= 1)) {
          throw TidemarkException.invalid(
              "rank param weight should be in range [0, 1], but got " + weight);
        }
      }
    }
  }
}
