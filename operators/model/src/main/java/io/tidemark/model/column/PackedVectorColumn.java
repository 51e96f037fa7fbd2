package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Vectors whose elements take less than a float, row after row, {@link DataType#vectorBytes} each:
 * FLOAT16 and BFLOAT16 little-endian 16 bits per element, INT8 a signed byte per element, BINARY
 * eight elements a byte.
 */
public final class PackedVectorColumn implements VectorColumn {
  private final DataType type;
  private final ByteBuffer payload;
  private final int size;
  private final int dimension;
  private final int rowBytes;
  private final @Nullable Validity validity;

  PackedVectorColumn(
      DataType type, ByteBuffer payload, int size, int dimension, @Nullable Validity validity) {
    this.type = type;
    this.payload = payload.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.dimension = dimension;
    this.rowBytes = type.vectorBytes(dimension);
    this.validity = validity;
  }

  /**
   * A column over {@code payload}, from index 0 to its limit; not copied, so nobody may write to it
   * any more.
   *
   * @param type of vectors {@link DataType#hasDimension with a dimension}, but not FLOAT_VECTOR
   * @param validity null if no row is null
   */
  public static PackedVectorColumn wrap(
      DataType type, ByteBuffer payload, int dimension, @Nullable Validity validity) {
    int rowBytes = type.vectorBytes(dimension);
    if (type == DataType.FLOAT_VECTOR || payload.limit() % rowBytes != 0) {
      throw new IllegalArgumentException(
          payload.limit() + " bytes are no whole rows of " + type + " of dimension " + dimension);
    }
    ByteBuffer whole = payload.duplicate().rewind();
    return new PackedVectorColumn(type, whole, payload.limit() / rowBytes, dimension, validity);
  }

  @Override
  public int dimension() {
    return dimension;
  }

  /** Of each row. */
  public int rowBytes() {
    return rowBytes;
  }

  /** Copies a row's bytes to {@code target[offset ..]}. */
  public void copyTo(int row, byte[] target, int offset) {
    payload.get(row * rowBytes, target, offset, rowBytes);
  }

  /** A copy of a row's bytes. */
  public byte[] bytes(int row) {
    byte[] copy = new byte[rowBytes];
    copyTo(row, copy, 0);
    return copy;
  }

  /**
   * A row's elements as floats, of which none is rounded.
   *
   * @throws IllegalStateException if the type has no numbers
   */
  public float[] floats(int row) {
    float[] values = new float[dimension];
    int at = row * rowBytes;
    switch (type) {
      case FLOAT16_VECTOR -> {
        for (int i = 0; i < dimension; i++) {
          values[i] = HalfFloats.ofHalf(payload.getShort(at + 2 * i));
        }
      }
      case BFLOAT16_VECTOR -> {
        for (int i = 0; i < dimension; i++) {
          values[i] = HalfFloats.ofBrain(payload.getShort(at + 2 * i));
        }
      }
      case INT8_VECTOR -> {
        for (int i = 0; i < dimension; i++) {
          values[i] = payload.get(at + i);
        }
      }
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalStateException("no narrow numbers in " + type);
      case FLOAT_VECTOR, SPARSE_FLOAT_VECTOR, BINARY_VECTOR ->
          throw new IllegalStateException("no narrow numbers in " + type);
    }
    return values;
  }

  /** The 16-bit elements of all rows, row-major, as a new array. */
  public short[] toShorts() {
    ShortBuffer shorts =
        payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind().asShortBuffer();
    short[] copy = new short[size * dimension];
    shorts.get(copy);
    return copy;
  }

  /** The bytes of all rows, row-major, as a new array. */
  public byte[] toBytes() {
    byte[] copy = new byte[size * rowBytes];
    payload.get(0, copy);
    return copy;
  }

  @Override
  public DataType type() {
    return type;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable Validity validity() {
    return validity;
  }

  @Override
  public @Nullable Object value(int row) {
    if (isNull(row)) {
      return null;
    }
    return type.isHalfVector() ? floats(row) : bytes(row);
  }

  @Override
  public PackedVectorColumn gather(int[] rows) {
    byte[] gathered = new byte[Math.multiplyExact(rows.length, rowBytes)];
    for (int i = 0; i < rows.length; i++) {
      copyTo(rows[i], gathered, i * rowBytes);
    }
    return new PackedVectorColumn(
        type, ByteBuffer.wrap(gathered), rows.length, dimension, Validity.gather(validity, rows));
  }

  @Override
  public ByteBuffer payload() {
    return payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }
}
