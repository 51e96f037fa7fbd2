package io.tidemark.serving.read.view;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of a segment's rows are older than a cutoff, for a cutoff that moves on with every read:
 * rows by age are sorted once, a cutoff is found by halving, and the last answer is kept, from
 * which the next differs by few rows or none. Thread-safe.
 */
final class RowAges {
  /** Ascending. */
  private final long[] timestamps;

  /** The ordinals in the same order; null if that is their own. */
  private final int @Nullable [] ordinals;

  private volatile Older last = new Older(0, new BitSet());

  /**
   * @param rows not to be written to any more
   */
  private record Older(int count, BitSet rows) {}

  RowAges(long[] timestamps) {
    if (isAscending(timestamps)) {
      this.timestamps = timestamps;
      this.ordinals = null;
      return;
    }
    Integer[] order = new Integer[timestamps.length];
    Arrays.setAll(order, row -> row);
    Arrays.sort(order, (a, b) -> Long.compare(timestamps[a], timestamps[b]));
    this.ordinals = Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    this.timestamps = Arrays.stream(ordinals).mapToLong(row -> timestamps[row]).toArray();
  }

  private static boolean isAscending(long[] timestamps) {
    for (int row = 1; row < timestamps.length; row++) {
      if (timestamps[row] < timestamps[row - 1]) {
        return false;
      }
    }
    return true;
  }

  /** The rows with a timestamp below {@code cutoff}; not to be written to. */
  BitSet olderThan(long cutoff) {
    int count = countBelow(cutoff);
    Older known = last;
    if (known.count == count) {
      return known.rows;
    }
    BitSet rows = (BitSet) known.rows.clone();
    for (int i = known.count; i < count; i++) {
      rows.set(ordinal(i));
    }
    // The time to live may have been lengthened, or another read be a moment behind.
    for (int i = count; i < known.count; i++) {
      rows.clear(ordinal(i));
    }
    last = new Older(count, rows);
    return rows;
  }

  private int ordinal(int i) {
    return ordinals == null ? i : ordinals[i];
  }

  private int countBelow(long cutoff) {
    int low = 0;
    int high = timestamps.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (timestamps[middle] < cutoff) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
