package io.tidemark.engine.index.graph;

import io.tidemark.model.index.Metric;

/**
 * In which geometry a graph is built. It need not be the metric that searches score by, only one
 * whose neighbours are near by the metric too, and in which pruning works.
 */
public enum BuildSpace {
  /** Distances between the vectors as they are. */
  EUCLIDEAN,
  /**
   * Distances after lifting every vector by one dimension to the length of the longest (Bachrach et
   * al., <i>Speeding up the Xbox recommender system</i>, 2014), which keeps the order of products.
   */
  LIFTED,
  /** Angles between the vectors. */
  ANGULAR;

  private static final int LIFTED_DIMENSION_MAX = 8;

  /**
   * A graph pruned by raw inner products of vectors of different lengths stalls at a recall of
   * 0.89, so that IP takes angles; in few dimensions, where many vectors have nearly the same
   * direction, lifted vectors.
   */
  public static BuildSpace of(Metric metric, int dimension) {
    return switch (metric) {
      case L2 -> EUCLIDEAN;
      case COSINE -> ANGULAR;
      case IP -> dimension <= LIFTED_DIMENSION_MAX ? LIFTED : ANGULAR;
      case HAMMING, JACCARD, MHJACCARD ->
          throw metric.unknownTo("numbers, which graphs are built over");
    };
  }
}
