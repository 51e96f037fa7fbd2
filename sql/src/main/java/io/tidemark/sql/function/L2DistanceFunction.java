package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code L2_DISTANCE(a, b)}: the squared Euclidean distance of two ARRAY&lt;FLOAT&gt;, as an L2
 * search scores it.
 */
public final class L2DistanceFunction extends ScalarFunction {
  private static final long serialVersionUID = 1L;

  /** Null if a vector is null. */
  public @Nullable Float eval(Float @Nullable [] a, Float @Nullable [] b) {
    return VectorArguments.score(Metric.L2, a, b);
  }
}
