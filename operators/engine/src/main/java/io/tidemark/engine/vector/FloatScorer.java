package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;

/** Rows of {@link FloatVectors} against floats. */
final class FloatScorer extends DenseScorer {
  private final float[] query;
  private final float[] data;
  private final int dimension;

  FloatScorer(Metric metric, float[] query, FloatVectors vectors) {
    super(metric, Scores.inverseNorm(query, 0, query.length), vectors);
    this.query = query;
    this.data = vectors.data();
    this.dimension = vectors.dimension();
  }

  @Override
  public float nearness(int row) {
    int offset = row * dimension;
    return switch (metric) {
      case L2 -> -SimdKernels.squaredDistance(query, 0, data, offset, dimension);
      case IP -> {
        float dot = SimdKernels.dot(query, 0, data, offset, dimension);
        yield Float.isFinite(dot) ? dot : (float) Scores.wideDot(query, data, offset, dimension);
      }
      case COSINE -> {
        float dot = SimdKernels.dot(query, 0, data, offset, dimension);
        yield Float.isFinite(dot)
            ? cosine(dot, row)
            : Scores.wideCosine(query, data, offset, dimension);
      }
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo("numbers");
    };
  }

  @Override
  public void nearness(int[] rows, int count, float[] out) {
    RowTouch.floats(data, rows, count, dimension);
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
