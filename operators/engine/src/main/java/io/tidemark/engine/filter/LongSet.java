package io.tidemark.engine.filter;

import org.jspecify.annotations.Nullable;

/** A set of longs: open addressing, at most half full. Immutable. */
final class LongSet {
  private static final int FEW = 8;

  private final long[] slots;
  private final int mask;
  private final boolean hasZero;
  private final long @Nullable [] few;

  /**
   * @param values kept, not copied
   */
  LongSet(long[] values) {
    int capacity = Integer.highestOneBit(Math.max(4, values.length)) << 2;
    this.slots = new long[capacity];
    this.mask = capacity - 1;
    boolean zero = false;
    for (long value : values) {
      zero |= value == 0;
      if (value != 0) {
        int slot = slot(value);
        while (slots[slot] != 0 && slots[slot] != value) {
          slot = (slot + 1) & mask;
        }
        slots[slot] = value;
      }
    }
    this.hasZero = zero;
    this.few = values.length > FEW ? null : values;
  }

  /** The values if they are so few that comparing with each is faster; not to be written to. */
  long @Nullable [] few() {
    return few;
  }

  boolean contains(long value) {
    if (value == 0) {
      return hasZero;
    }
    int slot = slot(value);
    while (slots[slot] != 0) {
      if (slots[slot] == value) {
        return true;
      }
      slot = (slot + 1) & mask;
    }
    return false;
  }

  // Fibonacci hashing: the high bits of a product with 2^64 / φ are well mixed.
  private int slot(long value) {
    long product = value * 0x9E3779B97F4A7C15L;
    return (int) (product >>> 32) & mask;
  }
}
