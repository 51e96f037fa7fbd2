package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;

/** {@code INNER_PRODUCT(a, b)}, as an IP search scores it. */
public final class InnerProductFunction extends ScoreFunction {
  private static final long serialVersionUID = 1L;

  public InnerProductFunction() {
    super(Metric.IP);
  }

  @Override
  VectorFunction instance() {
    return new InnerProductFunction();
  }
}
