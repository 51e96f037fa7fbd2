package io.tidemark.demo;

import java.util.Arrays;
import java.util.List;

/**
 * Exact search on the client's own copy of the vectors: the truth that recall is measured against.
 * Thread-safe.
 */
final class Exact {
  private static final int LANES = 4;

  private final List<float[]> vectors;

  /** Vectors have unit length, so that the inner product is the cosine. */
  Exact(List<float[]> vectors) {
    this.vectors = vectors;
  }

  /** All rows, the nearest first; of equally near ones the first. */
  int[] ranked(float[] query) {
    long[] ranks = new long[vectors.size()];
    for (int row = 0; row < ranks.length; row++) {
      int bits = Float.floatToIntBits((float) product(query, vectors.get(row)));
      // As an integer it is in the order of the numbers; turned round, the largest sorts first.
      int order = ~(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
      ranks[row] = (long) order << Integer.SIZE | row;
    }
    Arrays.sort(ranks);
    return Arrays.stream(ranks).mapToInt(rank -> (int) rank).toArray();
  }

  /** Several sums at once: one would have to wait for itself at each step. */
  private static double product(float[] one, float[] other) {
    double[] sums = new double[LANES];
    int whole = one.length - one.length % LANES;
    for (int i = 0; i < whole; i += LANES) {
      sums[0] += one[i] * other[i];
      sums[1] += one[i + 1] * other[i + 1];
      sums[2] += one[i + 2] * other[i + 2];
      sums[3] += one[i + 3] * other[i + 3];
    }
    for (int i = whole; i < one.length; i++) {
      sums[0] += one[i] * other[i];
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
  }
}
