package io.tidemark.stores.lake;

import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.Validity;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * The vectors of a file while they are read: rows × dimension floats, zeros where none came. A row
 * without a vector is null if the field may be null, else rejected.
 */
final class VectorBuffer {
  private static final int EXPONENT = 0x7f80_0000;

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

  /** The little-endian floats from {@code row} on, to be filled. */
  ByteBuffer from(int row) {
    return payload.slice(row * field.dimension() * Float.BYTES, bytes(rows - row));
  }

  private int bytes(int rowCount) {
    return rowCount * field.dimension() * Float.BYTES;
  }

  void set(int row, int element, float value) {
    payload.putFloat((row * field.dimension() + element) * Float.BYTES, value);
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

  /** Also marks vectors with a NaN or an infinity. */
  BitSet rejected() {
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
    return rejected;
  }

  FloatVectorColumn build() {
    return FloatVectorColumn.wrap(payload, field.dimension(), Validity.without(absent, rows));
  }
}
