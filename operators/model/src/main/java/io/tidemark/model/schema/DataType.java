package io.tidemark.model.schema;

import io.tidemark.model.error.TidemarkException;

/** The types of fields, with the numbers they have on Milvus's wire. */
public enum DataType {
  BOOL(1, Kind.SCALAR),
  INT8(2, Kind.SCALAR),
  INT16(3, Kind.SCALAR),
  INT32(4, Kind.SCALAR),
  INT64(5, Kind.SCALAR),
  FLOAT(10, Kind.SCALAR),
  DOUBLE(11, Kind.SCALAR),
  VARCHAR(21, Kind.SCALAR),
  JSON(23, Kind.SCALAR),
  /** Bits, eight a byte, the first in the highest place. */
  BINARY_VECTOR(100, Kind.VECTOR),
  FLOAT_VECTOR(101, Kind.VECTOR),
  /** IEEE halves. */
  FLOAT16_VECTOR(102, Kind.VECTOR),
  BFLOAT16_VECTOR(103, Kind.VECTOR),
  /** Only the numbers that are not 0, with their places. */
  SPARSE_FLOAT_VECTOR(104, Kind.VECTOR),
  /** Signed bytes. */
  INT8_VECTOR(105, Kind.VECTOR);

  /** Scalars can be filtered on; vectors are searched. */
  public enum Kind {
    SCALAR,
    VECTOR
  }

  private final int number;
  private final Kind kind;

  DataType(int number, Kind kind) {
    this.number = number;
    this.kind = kind;
  }

  /** The number on Milvus's wire and in our files. */
  public int number() {
    return number;
  }

  public boolean isVector() {
    return kind == Kind.VECTOR;
  }

  /** Vectors that all have the same number of elements, which the field says. */
  public boolean hasDimension() {
    return isVector() && this != SPARSE_FLOAT_VECTOR;
  }

  /** Vectors of 16-bit floats. */
  public boolean isHalfVector() {
    return this == FLOAT16_VECTOR || this == BFLOAT16_VECTOR;
  }

  /**
   * Bytes of one vector, on the wire, in the log and in memory.
   *
   * @throws IllegalArgumentException if it is no vector {@link #hasDimension with a dimension}, or
   *     the dimension is not positive, or of bits that fill no whole bytes
   */
  public int vectorBytes(int dimension) {
    if (dimension < 1 || (this == BINARY_VECTOR && dimension % Byte.SIZE != 0)) {
      throw new IllegalArgumentException(this + " of dimension " + dimension);
    }
    return switch (this) {
      case FLOAT_VECTOR -> Math.multiplyExact(dimension, Float.BYTES);
      case FLOAT16_VECTOR, BFLOAT16_VECTOR -> Math.multiplyExact(dimension, Short.BYTES);
      case INT8_VECTOR -> dimension;
      case BINARY_VECTOR -> dimension / Byte.SIZE;
      case SPARSE_FLOAT_VECTOR ->
          throw new IllegalArgumentException("each " + this + " has as many bytes as it needs");
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalArgumentException(this + " is no vector");
    };
  }

  /** INT8 to INT64. */
  public boolean isInteger() {
    return this == INT8 || this == INT16 || this == INT32 || this == INT64;
  }

  public boolean isFloating() {
    return this == FLOAT || this == DOUBLE;
  }

  /**
   * @throws TidemarkException 1100 if no type served here has that number
   */
  public static DataType ofNumber(int number) {
    for (DataType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    throw TidemarkException.invalid(
        "data type "
            + number
            + " is not supported, expected one of Bool, Int8, Int16, Int32, Int64, Float, Double, VarChar, JSON,"
            + " BinaryVector, FloatVector, Float16Vector, BFloat16Vector, SparseFloatVector, Int8Vector");
  }
}
