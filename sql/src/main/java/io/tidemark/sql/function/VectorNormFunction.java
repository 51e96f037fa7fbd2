package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.jspecify.annotations.Nullable;

/** {@code VECTOR_NORM(v)}: its Euclidean length. */
public final class VectorNormFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  public VectorNormFunction() {
    super(1, false, DataTypes.FLOAT());
  }

  @Override
  VectorFunction instance() {
    return new VectorNormFunction();
  }

  /** NULL if the vector is NULL. */
  public @Nullable Float eval(@Nullable ArrayData vector) {
    if (vector == null) {
      return null;
    }
    float[] values = reader(0).floats(vector);
    return (float) Math.sqrt(VectorMath.score(Metric.IP, values, values));
  }
}
