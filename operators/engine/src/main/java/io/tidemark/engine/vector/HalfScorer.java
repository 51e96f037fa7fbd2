package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;

/** FLOAT16 rows of {@link HalfVectors} against floats. */
final class HalfScorer extends DenseScorer {
  private final float[] query;
  private final short[] data;
  private final int dimension;

  HalfScorer(Metric metric, float[] query, HalfVectors vectors) {
    super(metric, Scores.inverseNorm(query, 0, query.length), vectors);
    this.query = query;
    this.data = vectors.data();
    this.dimension = vectors.dimension();
  }

  @Override
  public float nearness(int row) {
    int offset = row * dimension;
    return switch (metric) {
      case L2 -> -HalfKernels.squaredDistanceHalf(query, data, offset, dimension);
      case IP -> HalfKernels.dotHalf(query, data, offset, dimension);
      case COSINE -> cosine(HalfKernels.dotHalf(query, data, offset, dimension), row);
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo("numbers");
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
