package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;

/** FLOAT16 rows of {@link HalfVectors} against floats. */
final class HalfScorer extends RowScorer {
  private static final float[] NONE = {};

  private final Metric metric;
  private final float[] query;
  private final short[] data;
  private final int dimension;
  private final float[] inverseNorms;
  private final float inverseQueryNorm;

  HalfScorer(Metric metric, float[] query, HalfVectors vectors) {
    this.metric = metric;
    this.query = query;
    this.data = vectors.data();
    this.dimension = vectors.dimension();
    boolean cosine = metric == Metric.COSINE;
    this.inverseNorms = cosine ? vectors.inverseNorms() : NONE;
    this.inverseQueryNorm = cosine ? Scores.inverseNorm(query, 0, query.length) : 0;
  }

  @Override
  public float nearness(int row) {
    int offset = row * dimension;
    return switch (metric) {
      case L2 -> -HalfKernels.squaredDistanceHalf(query, data, offset, dimension);
      case IP -> HalfKernels.dotHalf(query, data, offset, dimension);
      case COSINE ->
          HalfKernels.dotHalf(query, data, offset, dimension)
              * inverseQueryNorm
              * inverseNorms[row];
    };
  }

  @Override
  public void nearness(int[] rows, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = nearness(rows[i]);
    }
  }

  @Override
  public void nearness(int from, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = nearness(from + i);
    }
  }
}
