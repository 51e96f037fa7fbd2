package io.tidemark.sql.function;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.jspecify.annotations.Nullable;

/** {@code VECTOR_DIMENSION(v)}: elements of an array, bits of BYTES. */
public final class VectorDimensionFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  public VectorDimensionFunction() {
    super(1, true, DataTypes.INT());
  }

  @Override
  VectorFunction instance() {
    return new VectorDimensionFunction();
  }

  /** NULL if the vector is NULL. */
  public @Nullable Integer eval(@Nullable ArrayData vector) {
    return vector == null ? null : vector.size();
  }

  /** NULL if the vector is NULL. */
  public @Nullable Integer eval(byte @Nullable [] bits) {
    return bits == null ? null : reader(0).dimension(bits);
  }
}
