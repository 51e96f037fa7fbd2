package io.tidemark.engine.filter;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * True, false or unknown for each of a number of rows: two bits a row, in words of 64 rows as
 * {@link BitSet} lays them out. A row is never both true and unknown; bits beyond the last row are
 * zero. The operations change nothing and return new or shared instances.
 */
final class Truth {
  private final int size;
  private final long[] yes;
  private final long @Nullable [] unknown;

  /**
   * Takes the arrays; {@code yes} may have bits of unknown rows, they are cleared.
   *
   * @param unknown null if no row is
   */
  Truth(int size, long[] yes, long @Nullable [] unknown) {
    this.size = size;
    this.yes = yes;
    this.unknown = unknown;
    if (unknown != null) {
      for (int i = 0; i < yes.length; i++) {
        yes[i] &= ~unknown[i];
      }
    }
  }

  static Truth constant(int size, boolean value) {
    long[] yes = new long[words(size)];
    if (value) {
      Arrays.fill(yes, -1L);
      clearTail(size, yes);
    }
    return new Truth(size, yes, null);
  }

  static Truth unknown(int size) {
    long[] all = new long[words(size)];
    Arrays.fill(all, -1L);
    clearTail(size, all);
    return new Truth(size, new long[all.length], all);
  }

  static int words(int size) {
    return (size + 63) >>> 6;
  }

  /** Clears the bits beyond the last row. */
  static void clearTail(int size, long[] words) {
    if ((size & 63) != 0) {
      words[words.length - 1] &= -1L >>> -size;
    }
  }

  BitSet passing() {
    return BitSet.valueOf(yes);
  }

  /** Whether no row is true or unknown, so that no conjunction with it can pass. */
  boolean isFalseThroughout() {
    for (int i = 0; i < yes.length; i++) {
      if ((yes[i] | (unknown == null ? 0 : unknown[i])) != 0) {
        return false;
      }
    }
    return true;
  }

  Truth not() {
    long[] result = new long[yes.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = ~yes[i];
    }
    clearTail(size, result);
    return new Truth(size, result, unknown);
  }

  Truth and(Truth other) {
    long[] result = new long[yes.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = yes[i] & other.yes[i];
    }
    if (unknown == null && other.unknown == null) {
      return new Truth(size, result, null);
    }
    long[] open = new long[yes.length];
    for (int i = 0; i < open.length; i++) {
      long a = yes[i] | (unknown == null ? 0 : unknown[i]);
      long b = other.yes[i] | (other.unknown == null ? 0 : other.unknown[i]);
      open[i] = a & b & ~result[i];
    }
    return new Truth(size, result, open);
  }

  Truth or(Truth other) {
    long[] result = new long[yes.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = yes[i] | other.yes[i];
    }
    if (unknown == null && other.unknown == null) {
      return new Truth(size, result, null);
    }
    long[] open = new long[yes.length];
    for (int i = 0; i < open.length; i++) {
      long either =
          (unknown == null ? 0 : unknown[i]) | (other.unknown == null ? 0 : other.unknown[i]);
      open[i] = either & ~result[i];
    }
    return new Truth(size, result, open);
  }
}
