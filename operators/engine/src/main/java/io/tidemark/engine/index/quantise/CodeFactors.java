package io.tidemark.engine.index.quantise;

import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;

/**
 * What turns the product of a query and a code into a nearness under a metric. With the code's
 * vector x, kept per code: |x|² for L2, 1/|x| for COSINE.
 */
final class CodeFactors {
  private static final float[] NONE = {};
  private static final String CODES = "codes of numbers";

  private CodeFactors() {}

  /** Whether all of its numbers are 0. */
  static boolean isZero(float[] vector) {
    for (float value : vector) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param zero whether the vector itself is: it has no direction, though its code may have one
   * @param squaredLength of the code's vector
   */
  static float of(Metric metric, boolean zero, float squaredLength) {
    return switch (metric) {
      case L2 -> squaredLength;
      case IP -> 0;
      case COSINE -> squaredLength > 0 && !zero ? (float) (1 / Math.sqrt(squaredLength)) : 0;
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo(CODES);
    };
  }

  /** Room for the factors of {@code count} codes. */
  static float[] room(Metric metric, int count) {
    return metric == Metric.IP ? NONE : new float[count];
  }

  /** What is kept per query: |q|² for L2, 1/|q| for COSINE. */
  static float ofQuery(Metric metric, float[] query) {
    return switch (metric) {
      case L2 -> Scores.dot(query, 0, query, 0, query.length);
      case IP -> 0;
      case COSINE -> Scores.inverseNorm(query, 0, query.length);
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo(CODES);
    };
  }

  static float nearness(Metric metric, float dot, float ofQuery, float[] factors, int place) {
    return switch (metric) {
      case L2 -> 2 * dot - ofQuery - factors[place];
      case IP -> dot;
      case COSINE -> dot * ofQuery * factors[place];
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo(CODES);
    };
  }
}
