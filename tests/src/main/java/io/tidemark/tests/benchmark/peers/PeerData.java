package io.tidemark.tests.benchmark.peers;

import io.tidemark.model.index.Metric;
import io.tidemark.tests.benchmark.Dataset;

/**
 * A dataset as every peer gets it. For COSINE the vectors are brought to unit length first, so that
 * libraries may take the inner product, which is what their documentation asks for.
 */
final class PeerData {
  private final Dataset dataset;
  private final Metric metric;
  private final float[][] base;
  private final float[][] queries;

  /**
   * @throws IllegalArgumentException for another metric than L2 and COSINE
   */
  PeerData(Dataset dataset, Metric metric) {
    if (metric != Metric.L2 && metric != Metric.COSINE) {
      throw new IllegalArgumentException(
          "--metric is " + metric + ": all of them have L2 and COSINE alone");
    }
    this.dataset = dataset;
    this.metric = metric;
    this.base = metric == Metric.L2 ? dataset.base() : ofUnitLength(dataset.base());
    this.queries = metric == Metric.L2 ? dataset.queries() : ofUnitLength(dataset.queries());
  }

  private static float[][] ofUnitLength(float[][] vectors) {
    float[][] scaled = new float[vectors.length][];
    for (int row = 0; row < vectors.length; row++) {
      double squares = 0;
      for (float value : vectors[row]) {
        squares += (double) value * value;
      }
      float factor = squares == 0 ? 1 : (float) (1 / Math.sqrt(squares));
      scaled[row] = vectors[row].clone();
      for (int i = 0; i < scaled[row].length; i++) {
        scaled[row][i] *= factor;
      }
    }
    return scaled;
  }

  Dataset dataset() {
    return dataset;
  }

  Metric metric() {
    return metric;
  }

  float[][] base() {
    return base;
  }

  float[][] queries() {
    return queries;
  }

  int rows() {
    return base.length;
  }

  int dimension() {
    return dataset.dimension();
  }
}
