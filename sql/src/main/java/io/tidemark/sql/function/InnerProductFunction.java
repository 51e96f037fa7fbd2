package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/** {@code INNER_PRODUCT(a, b)}: of two ARRAY&lt;FLOAT&gt;, as an IP search scores it. */
public final class InnerProductFunction extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  /** Null if a vector is null. */
  public @Nullable Float eval(Float @Nullable [] a, Float @Nullable [] b) {
    return VectorArguments.score(Metric.IP, a, b);
  }
}
