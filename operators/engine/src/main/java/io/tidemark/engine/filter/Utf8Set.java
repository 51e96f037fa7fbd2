package io.tidemark.engine.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Collection;

/**
 * A set of texts that is asked with bytes in place: open addressing, at most half full. Immutable.
 */
final class Utf8Set {
  private final byte[][] slots;
  private final int mask;

  Utf8Set(Collection<String> texts) {
    int capacity = Integer.highestOneBit(Math.max(4, texts.size())) << 2;
    this.slots = new byte[capacity][];
    this.mask = capacity - 1;
    for (String text : texts) {
      byte[] bytes = text.getBytes(UTF_8);
      int slot = slot(Utf8Rows.hash(bytes));
      while (slots[slot] != null && !Arrays.equals(slots[slot], bytes)) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = bytes;
    }
  }

  boolean contains(Utf8Rows rows, int row) {
    int slot = slot(rows.hash(row));
    while (slots[slot] != null) {
      if (rows.isEqual(row, slots[slot])) {
        return true;
      }
      slot = (slot + 1) & mask;
    }
    return false;
  }

  private int slot(long hash) {
    return (int) hash & mask;
  }
}
