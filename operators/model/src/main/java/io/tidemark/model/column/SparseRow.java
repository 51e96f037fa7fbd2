package io.tidemark.model.column;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The bytes of a sparse vector, on Milvus's wire, in the log and in memory: for each element, by
 * ascending index, the index as an unsigned 32-bit number and the value as a 32-bit float, both
 * little-endian. The largest index is 2^32 − 2; values are finite and not negative. No element is a
 * vector of zeros.
 */
public final class SparseRow {
  public static final int PAIR_BYTES = 8;

  /** Unsigned, the first that is no index. */
  public static final long INDEX_END = 0xFFFF_FFFFL;

  private SparseRow() {}

  /**
   * Makes a row of elements, which nobody checks here.
   *
   * @param indices unsigned
   */
  public static byte[] of(int[] indices, float[] values) {
    ByteBuffer row =
        ByteBuffer.allocate(Math.multiplyExact(indices.length, PAIR_BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < indices.length; i++) {
      row.putInt(indices[i]).putFloat(values[i]);
    }
    return row.array();
  }

  /**
   * An element's index, unsigned.
   *
   * @param row little-endian
   */
  public static int index(ByteBuffer row, int element) {
    return row.getInt(element * PAIR_BYTES);
  }

  /**
   * @param row little-endian
   */
  public static float value(ByteBuffer row, int element) {
    return row.getFloat(element * PAIR_BYTES + Integer.BYTES);
  }

  /** What is wrong with a row, from 0 to its limit, in Milvus's words; empty if nothing is. */
  public static Optional<String> fault(ByteBuffer bytesOfRow) {
    ByteBuffer row = bytesOfRow.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int bytes = row.limit();
    if (bytes % PAIR_BYTES != 0) {
      return Optional.of("invalid data length in sparse float vector: " + bytes);
    }
    long previous = -1;
    for (int i = 0; i < bytes / PAIR_BYTES; i++) {
      long index = Integer.toUnsignedLong(index(row, i));
      float value = value(row, i);
      if (index >= INDEX_END) {
        return Optional.of("invalid index in sparse float vector: must be less than 2^32-1");
      }
      if (index <= previous) {
        return Optional.of(
            "unsorted or same indices in sparse float vector: " + index + " after " + previous);
      }
      if (!Float.isFinite(value)) {
        return Optional.of("value '" + value + "' is not a number or infinity, at index " + index);
      }
      if (value < 0) {
        return Optional.of(
            "negative value in sparse float vector: " + value + " at index " + index);
      }
      previous = index;
    }
    return Optional.empty();
  }
}
