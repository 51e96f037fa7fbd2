package io.tidemark.engine.index.blob;

import io.tidemark.model.index.Metric;

/** What metrics are called in files. */
public final class MetricNumber {
  private MetricNumber() {}

  /** 0 for L2, 1 for IP, 2 for COSINE, 3 for HAMMING, 4 for JACCARD, 5 for MHJACCARD. */
  public static int of(Metric metric) {
    return switch (metric) {
      case L2 -> 0;
      case IP -> 1;
      case COSINE -> 2;
      case HAMMING -> 3;
      case JACCARD -> 4;
      case MHJACCARD -> 5;
    };
  }
}
