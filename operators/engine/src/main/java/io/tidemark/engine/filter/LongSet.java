package io.tidemark.engine.filter;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** A set of longs: open addressing, at most half full. Immutable. */
final class LongSet {
  /** Another in each process, lest lists be made up of values that all meet in one slot. */
  private static final long SECRET = new SecureRandom().nextLong() | 1;

  private static final int FEW = 8;

  private final long[] slots;
  private final int mask;
  private final int shift;
  private final boolean hasZero;
  private final long @Nullable [] few;

  /**
   * @param values kept, not copied
   */
  LongSet(long[] values) {
    int capacity = Integer.highestOneBit(Math.max(4, values.length)) << 2;
    this.slots = new long[capacity];
    this.mask = capacity - 1;
    this.shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
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

  // The high bits of a product depend on all bits of what is multiplied.
  private int slot(long value) {
    long product = value * SECRET;
    return (int) (((product ^ (product >>> 32)) * SECRET) >>> shift);
  }
}
