package io.tidemark.stores.lake;

import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.column.Validity;
import io.tidemark.model.column.VectorColumn;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of a file while they are read: rows × dimension floats, or ints for INT8_VECTOR, as
 * the file has them; zeros where none came. A row without a vector is null if the field may be
 * null, else rejected. Another engine may have written any float to a column of halves, which is
 * rounded then, and any int to one of bytes.
 */
final class VectorBuffer {
  private static final int EXPONENT = 0x7f80_0000;
  private static final int HALF_EXPONENT = 0x7c00;
  private static final int BRAIN_EXPONENT = 0x7f80;

  private final FieldSchema field;
  private final int rows;
  private final ByteBuffer payload;
  private final BitSet rejected;
  private final BitSet absent = new BitSet();

  VectorBuffer(FieldSchema field, int rows) {
    this.field = field;
    this.rows = rows;
    this.rejected = new BitSet(rows);
    long bytes = rows * (long) field.dimension() * Float.BYTES;
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new IllegalStateException(
          "a data file with "
              + rows
              + " rows of field "
              + field.name()
              + " holds "
              + bytes
              + " bytes of vectors, more than the 2 GiB that one file may: rewrite it into smaller"
              + " ones");
    }
    this.payload = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int dimension() {
    return field.dimension();
  }

  /** Whether the file has ints for the elements, and not floats. */
  boolean ofInts() {
    return field.type() == DataType.INT8_VECTOR;
  }

  /** The little-endian elements, 4 bytes each, from {@code row} on, to be filled. */
  ByteBuffer from(int row) {
    return payload.slice(row * field.dimension() * Float.BYTES, bytes(rows - row));
  }

  private int bytes(int rowCount) {
    return rowCount * field.dimension() * Float.BYTES;
  }

  void set(int row, int element, Number value) {
    int position = (row * field.dimension() + element) * Float.BYTES;
    if (ofInts()) {
      payload.putInt(position, value.intValue());
    } else {
      payload.putFloat(position, value.floatValue());
    }
  }

  /** No vector: its row stays, as zeros. */
  void leaveOut(int row) {
    if (field.nullable()) {
      absent.set(row);
      clear(row);
    } else {
      reject(row);
    }
  }

  /** Not a vector of this field: its row stays, as zeros. */
  void reject(int row) {
    rejected.set(row);
    clear(row);
  }

  private void clear(int row) {
    for (int i = 0; i < field.dimension(); i++) {
      set(row, i, 0);
    }
  }

  /** To be called once, at the end. */
  FileColumn build() {
    Validity validity = Validity.without(absent, rows);
    VectorColumn values =
        switch (field.type()) {
          case FLOAT_VECTOR -> {
            rejectNotFinite();
            yield FloatVectorColumn.wrap(payload, field.dimension(), validity);
          }
          case FLOAT16_VECTOR, BFLOAT16_VECTOR -> packed(halves(), validity);
          case INT8_VECTOR -> packed(bytes(), validity);
          case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
              throw new IllegalStateException("field " + field.name() + " holds no lists");
          case BINARY_VECTOR, SPARSE_FLOAT_VECTOR ->
              throw new IllegalStateException("field " + field.name() + " holds no lists");
        };
    return new FileColumn(field, values, rejected);
  }

  private PackedVectorColumn packed(ByteBuffer bytes, @Nullable Validity validity) {
    return PackedVectorColumn.wrap(field.type(), bytes, field.dimension(), validity);
  }

  private void rejectNotFinite() {
    int position = 0;
    for (int row = 0; row < rows; row++) {
      boolean finite = true;
      for (int i = 0; i < field.dimension(); i++) {
        finite &= (payload.getInt(position) & EXPONENT) != EXPONENT;
        position += Float.BYTES;
      }
      if (!finite) {
        rejected.set(row);
      }
    }
  }

  /** A float beyond the largest half has become an infinity, and is rejected as one. */
  private ByteBuffer halves() {
    boolean half = field.type() == DataType.FLOAT16_VECTOR;
    int exponent = half ? HALF_EXPONENT : BRAIN_EXPONENT;
    ByteBuffer halves = ByteBuffer.allocate(payload.capacity() / 2).order(ByteOrder.LITTLE_ENDIAN);
    int position = 0;
    for (int row = 0; row < rows; row++) {
      boolean finite = true;
      for (int i = 0; i < field.dimension(); i++) {
        float value = payload.getFloat(position);
        short bits = half ? HalfFloats.toHalf(value) : HalfFloats.toBrain(value);
        finite &= (bits & exponent) != exponent;
        halves.putShort(bits);
        position += Float.BYTES;
      }
      if (!finite) {
        rejected.set(row);
      }
    }
    return halves.rewind();
  }

  private ByteBuffer bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(payload.capacity() / Integer.BYTES);
    int position = 0;
    for (int row = 0; row < rows; row++) {
      boolean fits = true;
      for (int i = 0; i < field.dimension(); i++) {
        int value = payload.getInt(position);
        fits &= value == (byte) value;
        bytes.put((byte) value);
        position += Integer.BYTES;
      }
      if (!fits) {
        rejected.set(row);
      }
    }
    return bytes.rewind();
  }
}
