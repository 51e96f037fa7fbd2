package io.tidemark.model.column;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One bit per row, least significant first: 1 means the row holds a value. Immutable by convention.
 */
public final class Validity {
  private final ByteBuffer bits;

  /** Takes a buffer of at least {@code ceil(rows / 8)} bytes; not copied. */
  Validity(ByteBuffer bits) {
    this.bits = bits.order(ByteOrder.LITTLE_ENDIAN);
  }

  public boolean isValid(int row) {
    return (bits.get(row >>> 3) >>> (row & 7) & 1) != 0;
  }

  /** The rows without a value, 64 a word, least significant first. */
  public long[] nulls(int rows) {
    long[] words = new long[(rows + 63) >>> 6];
    for (int at = 0; at < (rows + 7) >>> 3; at++) {
      words[at >>> 3] |= (~bits.get(at) & 0xFFL) << ((at & 7) << 3);
    }
    if ((rows & 63) != 0) {
      words[words.length - 1] &= -1L >>> -rows;
    }
    return words;
  }

  ByteBuffer bits() {
    return bits.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }

  /** Null if every row is valid. */
  public static @Nullable Validity of(boolean[] valid) {
    boolean all = true;
    ByteBuffer bits = ByteBuffer.allocate((valid.length + 7) >>> 3);
    for (int row = 0; row < valid.length; row++) {
      if (valid[row]) {
        bits.put(row >>> 3, (byte) (bits.get(row >>> 3) | 1 << (row & 7)));
      } else {
        all = false;
      }
    }
    return all ? null : new Validity(bits);
  }

  /** Null if every row is valid. */
  public static @Nullable Validity without(BitSet nulls, int rows) {
    if (nulls.isEmpty()) {
      return null;
    }
    boolean[] valid = new boolean[rows];
    for (int row = 0; row < rows; row++) {
      valid[row] = !nulls.get(row);
    }
    return of(valid);
  }

  static @Nullable Validity gather(@Nullable Validity validity, int[] rows) {
    if (validity == null) {
      return null;
    }
    boolean[] valid = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      valid[i] = validity.isValid(rows[i]);
    }
    return of(valid);
  }
}
