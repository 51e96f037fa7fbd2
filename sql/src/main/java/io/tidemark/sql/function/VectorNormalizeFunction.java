package io.tidemark.sql.function;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.jspecify.annotations.Nullable;

/** {@code VECTOR_NORMALIZE(v)}: at length 1; a vector of zeros stays one. */
public final class VectorNormalizeFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  public VectorNormalizeFunction() {
    super(1, false, DataTypes.ARRAY(DataTypes.FLOAT()).bridgedTo(ArrayData.class));
  }

  @Override
  VectorFunction instance() {
    return new VectorNormalizeFunction();
  }

  /** NULL if the vector is NULL. */
  public @Nullable ArrayData eval(@Nullable ArrayData vector) {
    if (vector == null) {
      return null;
    }
    float[] values = reader(0).floats(vector);
    float inverse = VectorMath.inverseNorm(values);
    for (int i = 0; i < values.length; i++) {
      values[i] *= inverse;
    }
    return new GenericArrayData(values);
  }
}
