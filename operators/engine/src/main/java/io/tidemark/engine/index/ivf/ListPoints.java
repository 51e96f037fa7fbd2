package io.tidemark.engine.index.ivf;

import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;

/**
 * The rows of a segment as points that lists are made of: vectors of numbers as they are, under
 * COSINE their directions, and bits as the floats 0 and 1.
 */
@FunctionalInterface
interface ListPoints {
  /**
   * @param target from {@code at} on has room for the dimension
   */
  void copy(int row, float[] target, int at);

  /** A row of numbers as rows are listed by. */
  static void copy(DenseVectors vectors, int row, float[] target, int at, Metric metric) {
    vectors.copy(row, target, at);
    if (metric == Metric.COSINE) {
      normalise(target, at, vectors.dimension());
    }
  }

  /** A vector of numbers, from {@code from} on, as rows are listed by. */
  static void copy(float[] data, int from, float[] target, int at, int dimension, Metric metric) {
    System.arraycopy(data, from, target, at, dimension);
    if (metric == Metric.COSINE) {
      normalise(target, at, dimension);
    }
  }

  private static void normalise(float[] vector, int at, int dimension) {
    float inverse = Scores.inverseNorm(vector, at, dimension);
    for (int i = 0; i < dimension; i++) {
      vector[at + i] *= inverse;
    }
  }
}
