package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects values of one field, then makes a {@link Column}. Values come as {@link Column#value}
 * gives them. Not thread-safe; use once.
 */
public final class ColumnBuilder {
  private final DataType type;
  private final int dimension;
  private final List<byte @Nullable []> bytes = new ArrayList<>();
  private ByteBuffer fixed;
  private boolean[] valid = new boolean[16];
  private int size;

  /**
   * @param dimension of a vector field, else ignored
   */
  public ColumnBuilder(DataType type, int dimension) {
    this.type = type;
    this.dimension = dimension;
    this.fixed = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
  }

  public ColumnBuilder(FieldSchema field) {
    this(field.type(), field.dimension());
  }

  public int size() {
    return size;
  }

  /**
   * Appends a value: Boolean, Number, String, byte[] (VARCHAR, JSON, INT8_VECTOR, BINARY_VECTOR,
   * SPARSE_FLOAT_VECTOR) or float[] (the other vectors; rounded to what the type holds); null for a
   * null row.
   *
   * @throws IllegalArgumentException if a vector has another dimension
   */
  public ColumnBuilder append(@Nullable Object value) {
    if (size == valid.length) {
      valid = Arrays.copyOf(valid, size * 2);
    }
    valid[size++] = value != null;
    switch (type) {
      case BOOL -> room(1).put((byte) (Boolean.TRUE.equals(value) ? 1 : 0));
      case INT8, INT16, INT32 -> room(4).putInt(value == null ? 0 : ((Number) value).intValue());
      case INT64 -> room(8).putLong(value == null ? 0 : ((Number) value).longValue());
      case FLOAT -> room(4).putFloat(value == null ? 0 : ((Number) value).floatValue());
      case DOUBLE -> room(8).putDouble(value == null ? 0 : ((Number) value).doubleValue());
      case VARCHAR, JSON, SPARSE_FLOAT_VECTOR -> bytes.add(toBytes(value));
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          appendVector(value == null ? new float[dimension] : (float[]) value);
      case INT8_VECTOR, BINARY_VECTOR -> appendBytes((byte[]) value);
    }
    return this;
  }

  private static byte @Nullable [] toBytes(@Nullable Object value) {
    return value instanceof String text
        ? text.getBytes(java.nio.charset.StandardCharsets.UTF_8)
        : (byte[]) value;
  }

  private void checkDimension(int given) {
    if (given != dimension) {
      throw new IllegalArgumentException(
          "vector of dimension " + given + ", expected " + dimension);
    }
  }

  private void appendBytes(byte @Nullable [] vector) {
    int rowBytes = type.vectorBytes(dimension);
    if (vector != null) {
      checkDimension(vector.length * (dimension / rowBytes));
    }
    room(rowBytes).put(vector == null ? new byte[rowBytes] : vector);
  }

  private void appendVector(float[] vector) {
    checkDimension(vector.length);
    if (type.isHalfVector()) {
      ByteBuffer target = room(dimension * Short.BYTES);
      for (float value : vector) {
        target.putShort(
            type == DataType.FLOAT16_VECTOR ? HalfFloats.toHalf(value) : HalfFloats.toBrain(value));
      }
      return;
    }
    ByteBuffer target = room(dimension * 4);
    target.asFloatBuffer().put(vector);
    target.position(target.position() + dimension * 4);
  }

  private ByteBuffer room(int bytesNeeded) {
    if (fixed.remaining() < bytesNeeded) {
      long wanted = Math.max(fixed.capacity() * 2L, fixed.position() + (long) bytesNeeded);
      int capacity = (int) Math.min(wanted, Integer.MAX_VALUE - 16L);
      fixed = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(fixed.flip());
    }
    return fixed;
  }

  public Column build() {
    if (type == DataType.VARCHAR || type == DataType.JSON) {
      return BytesColumn.of(type, bytes);
    }
    if (type == DataType.SPARSE_FLOAT_VECTOR) {
      return SparseVectorColumn.of(bytes);
    }
    return ColumnCodec.column(
        type, dimension, size, Validity.of(Arrays.copyOf(valid, size)), fixed.flip().slice());
  }

  /** A column of {@code size} rows that all hold {@code value}; null for null rows. */
  public static Column constant(FieldSchema field, @Nullable Object value, int size) {
    ColumnBuilder builder = new ColumnBuilder(field);
    for (int i = 0; i < size; i++) {
      builder.append(value);
    }
    return builder.build();
  }

  static Column concat(List<Column> parts, int total) {
    Column first = parts.getFirst();
    int dimension = first instanceof VectorColumn vectors ? vectors.dimension() : 0;
    boolean[] valid = new boolean[total];
    long payloadBytes = 0;
    int row = 0;
    for (Column part : parts) {
      for (int i = 0; i < part.size(); i++) {
        valid[row++] = !part.isNull(i);
      }
      payloadBytes += part.payload().remaining();
    }
    if (first instanceof BytesColumn) {
      return concatBytes(first.type(), parts, valid.length);
    }
    if (first instanceof SparseVectorColumn) {
      return new SparseVectorColumn(
          concatBytes(
              first.type(),
              parts.stream().map(part -> (Column) ((SparseVectorColumn) part).rows()).toList(),
              valid.length));
    }
    ByteBuffer joined =
        ByteBuffer.allocate(Math.toIntExact(payloadBytes)).order(ByteOrder.LITTLE_ENDIAN);
    for (Column part : parts) {
      joined.put(part.payload());
    }
    return ColumnCodec.column(first.type(), dimension, total, Validity.of(valid), joined.flip());
  }

  private static BytesColumn concatBytes(DataType type, List<Column> parts, int total) {
    List<byte @Nullable []> values = new ArrayList<>(total);
    for (Column part : parts) {
      BytesColumn column = (BytesColumn) part;
      for (int i = 0; i < column.size(); i++) {
        values.add(column.isNull(i) ? null : column.bytes(i));
      }
    }
    return BytesColumn.of(type, values);
  }
}
