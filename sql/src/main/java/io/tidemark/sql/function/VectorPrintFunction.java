package io.tidemark.sql.function;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.jspecify.annotations.Nullable;

/**
 * {@code VECTOR_PRINT(v)}: {@code [0.5, -1.0E-7]}, each number with the fewest digits that read
 * back to the same float.
 */
public final class VectorPrintFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  public VectorPrintFunction() {
    super(1, false, DataTypes.STRING());
  }

  @Override
  VectorFunction instance() {
    return new VectorPrintFunction();
  }

  /** NULL if the vector is NULL. */
  public @Nullable String eval(@Nullable ArrayData vector) {
    if (vector == null) {
      return null;
    }
    StringBuilder text = new StringBuilder("[");
    for (float value : reader(0).floats(vector)) {
      text.append(text.length() == 1 ? "" : ", ").append(value);
    }
    return text.append(']').toString();
  }
}
