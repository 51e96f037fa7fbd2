package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;

/**
 * Scores rows of one {@link FloatVectors} against one query. {@link #nearness} is the score turned
 * so that larger is nearer under every metric: the score itself, or minus the squared distance.
 * Immutable, safe for concurrent use.
 */
public final class RowScorer {
  private static final float[] NONE = {};

  private final Metric metric;
  private final float[] query;
  private final float[] data;
  private final int dimension;
  private final float[] inverseNorms;
  private final float inverseQueryNorm;

  /**
   * @throws IllegalArgumentException if the query has another dimension than the rows
   */
  public RowScorer(Metric metric, float[] query, FloatVectors vectors) {
    if (query.length != vectors.dimension()) {
      throw new IllegalArgumentException(
          "query of dimension " + query.length + ", the vectors have " + vectors.dimension());
    }
    this.metric = metric;
    this.query = query;
    this.data = vectors.data();
    this.dimension = vectors.dimension();
    boolean cosine = metric == Metric.COSINE;
    this.inverseNorms = cosine ? vectors.inverseNorms() : NONE;
    this.inverseQueryNorm = cosine ? Scores.inverseNorm(query, 0, query.length) : 0;
  }

  public float nearness(int row) {
    int offset = row * dimension;
    return switch (metric) {
      case L2 -> -SimdKernels.squaredDistance(query, 0, data, offset, dimension);
      case IP -> SimdKernels.dot(query, 0, data, offset, dimension);
      case COSINE ->
          SimdKernels.dot(query, 0, data, offset, dimension) * inverseQueryNorm * inverseNorms[row];
    };
  }
}
