package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;

/** Rows of {@link ByteVectors} against bytes. */
final class ByteScorer extends DenseScorer {
  private final int[] query;
  private final byte[] data;
  private final int dimension;

  /**
   * @param query signed bytes
   */
  ByteScorer(Metric metric, int[] query, ByteVectors vectors) {
    super(metric, inverseNorm(query), vectors);
    this.query = query;
    this.data = vectors.data();
    this.dimension = vectors.dimension();
  }

  private static float inverseNorm(int[] query) {
    int squared = 0;
    for (int value : query) {
      squared += value * value;
    }
    return inverseNorm(squared);
  }

  static float inverseNorm(int squared) {
    return squared > 0 ? (float) (1 / Math.sqrt(squared)) : 0;
  }

  @Override
  public float nearness(int row) {
    int offset = row * dimension;
    return switch (metric) {
      case L2 -> -ByteKernels.squaredDistance(query, data, offset, dimension);
      case IP -> ByteKernels.dot(query, data, offset, dimension);
      case COSINE -> cosine(ByteKernels.dot(query, data, offset, dimension), row);
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
