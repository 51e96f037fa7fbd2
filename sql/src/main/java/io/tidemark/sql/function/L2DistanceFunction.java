package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;

/** {@code L2_DISTANCE(a, b)}: the squared Euclidean distance, as an L2 search scores it. */
public final class L2DistanceFunction extends ScoreFunction {
  private static final long serialVersionUID = 1L;

  public L2DistanceFunction() {
    super(Metric.L2);
  }

  @Override
  VectorFunction instance() {
    return new L2DistanceFunction();
  }
}
