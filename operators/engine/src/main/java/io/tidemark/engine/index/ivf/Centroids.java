package io.tidemark.engine.index.ivf;

import io.tidemark.engine.vector.Scores;

/**
 * Points that rows are listed by, row-major. A row belongs to the one at the least squared
 * distance, found by products alone: {@code |x − c|² = |x|² − 2 (x·c − |c|² / 2)}. Immutable.
 */
final class Centroids {
  private final float[] data;
  private final int dimension;
  private final int count;

  /** Half the squared length of each. */
  private final float[] halfSquares;

  /** What the numbers of each add up to. */
  private final float[] sums;

  Centroids(float[] data, int dimension) {
    this.data = data;
    this.dimension = dimension;
    this.count = data.length / dimension;
    this.halfSquares = new float[count];
    this.sums = new float[count];
    for (int c = 0; c < count; c++) {
      halfSquares[c] = Scores.dot(data, c * dimension, data, c * dimension, dimension) / 2;
      sums[c] = sum(data, c * dimension, dimension);
    }
  }

  float[] data() {
    return data;
  }

  int dimension() {
    return dimension;
  }

  int count() {
    return count;
  }

  /** The inner product with one of them. */
  float dot(float[] vector, int offset, int centroid) {
    return Scores.dot(vector, offset, data, centroid * dimension, dimension);
  }

  /** Larger is nearer; only comparable for one vector. */
  float nearness(float[] vector, int offset, int centroid) {
    return dot(vector, offset, centroid) - halfSquares[centroid];
  }

  /** The squared distance. */
  float squaredDistance(float[] vector, int offset, int centroid) {
    return Scores.squaredDistance(vector, offset, data, centroid * dimension, dimension);
  }

  /**
   * Of what a vector of bits and a centroid have, the share that both have.
   *
   * @param ones the sum of the vector
   */
  float overlap(float[] vector, float ones, int centroid) {
    float both = dot(vector, 0, centroid);
    float any = ones + sums[centroid] - both;
    return any > 0 ? both / any : 0;
  }

  static float sum(float[] values, int offset, int length) {
    float sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** The nearest; of equally near ones the first. */
  int nearest(float[] vector, int offset) {
    return nearest(vector, offset, null);
  }

  /**
   * The nearest, each handicapped.
   *
   * @param handicaps taken off each one's nearness, or null for none
   */
  int nearest(float[] vector, int offset, float @org.jspecify.annotations.Nullable [] handicaps) {
    int best = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < count; c++) {
      float nearness = nearness(vector, offset, c);
      if (handicaps != null) {
        nearness -= handicaps[c];
      }
      if (nearness > most) {
        most = nearness;
        best = c;
      }
    }
    return best;
  }

  long bytes() {
    return 4L * (data.length + halfSquares.length + sums.length);
  }
}
