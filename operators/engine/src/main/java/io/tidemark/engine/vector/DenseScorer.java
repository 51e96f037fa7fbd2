package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;

/**
 * Rows of {@link DenseVectors} against numbers. Each type has the choice of its sum and the loops
 * over batches in its own code: shared, they would share what the compiler learns about them, and
 * take a level of calls more to the kernels, and either halves the speed of some types.
 */
abstract class DenseScorer extends RowScorer {
  private static final float[] NONE = {};

  final Metric metric;
  private final float[] inverseNorms;
  private final float inverseQueryNorm;

  /**
   * @param inverseQueryNorm 1 / |query|, 0 for a query of zeros
   * @throws IllegalArgumentException if numbers are not compared by the metric
   */
  DenseScorer(Metric metric, float inverseQueryNorm, DenseVectors vectors) {
    if (metric == Metric.HAMMING || metric == Metric.JACCARD || metric == Metric.MHJACCARD) {
      throw metric.unknownTo(vectors.type().name());
    }
    this.metric = metric;
    this.inverseNorms = metric == Metric.COSINE ? vectors.inverseNorms() : NONE;
    this.inverseQueryNorm = inverseQueryNorm;
  }

  /** Of a row by its inner product with the query. */
  final float cosine(float dot, int row) {
    return dot * inverseQueryNorm * inverseNorms[row];
  }
}
