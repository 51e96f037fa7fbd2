package io.tidemark.model.expression;

import io.tidemark.model.schema.DataType;

/** What sort of value an {@link Operand} gives; {@link #JSON} is known row by row only. */
public enum ValueKind {
  BOOLEAN,
  INTEGER,
  FLOATING,
  TEXT,
  LIST,
  JSON;

  public boolean isNumber() {
    return this == INTEGER || this == FLOATING;
  }

  /**
   * The kind of a scalar field's values.
   *
   * @throws IllegalArgumentException for a vector type
   */
  public static ValueKind of(DataType type) {
    return switch (type) {
      case BOOL -> BOOLEAN;
      case INT8, INT16, INT32, INT64 -> INTEGER;
      case FLOAT, DOUBLE -> FLOATING;
      case VARCHAR -> TEXT;
      case JSON -> JSON;
      case BINARY_VECTOR, FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR ->
          throw new IllegalArgumentException("a vector is not a value to filter by");
      case SPARSE_FLOAT_VECTOR ->
          throw new IllegalArgumentException("a vector is not a value to filter by");
    };
  }
}
