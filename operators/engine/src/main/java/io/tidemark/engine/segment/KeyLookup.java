package io.tidemark.engine.segment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.LongColumn;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Finds the rows of a primary key. A table of the distinct keys' last rows (open addressing, at
 * most half full), and, only if a key repeats, a chain from each row to the one before it with the
 * same key. Keys themselves stay in the column. Immutable, safe for concurrent use.
 */
public final class KeyLookup {
  private static final int NONE = -1;

  private final Column keys;
  private final int[] table;
  private final int mask;
  private int[] previous = {};

  private KeyLookup(Column keys) {
    this.keys = keys;
    int capacity = Integer.highestOneBit(Math.max(2, keys.size()) - 1) << 2;
    if (capacity <= 0) {
      throw new IllegalArgumentException(keys.size() + " keys are too many for one segment");
    }
    this.table = new int[capacity];
    this.mask = capacity - 1;
    Arrays.fill(table, NONE);
  }

  /**
   * @param keys INT64 or VARCHAR; null rows are left out
   * @throws IllegalArgumentException for another type
   */
  public static KeyLookup of(Column keys) {
    KeyLookup lookup = new KeyLookup(keys);
    switch (keys) {
      case LongColumn longs -> lookup.fill(longs);
      case BytesColumn bytes -> lookup.fill(bytes);
      default ->
          throw new IllegalArgumentException(
              "a key is INT64 or VARCHAR, this column is " + keys.type());
    }
    return lookup;
  }

  /** Rows with that key, the last first; none if the key's type is not the column's. */
  public void forEachRow(Object key, IntConsumer rows) {
    for (int row = lastRow(key); row != NONE; row = rowBefore(row)) {
      rows.accept(row);
    }
  }

  public boolean contains(Object key) {
    return lastRow(key) != NONE;
  }

  /** Bytes in memory, without the column. */
  public long bytes() {
    return 4L * table.length + 4L * previous.length;
  }

  private int rowBefore(int row) {
    return previous.length == 0 ? NONE : previous[row];
  }

  private int lastRow(Object key) {
    if (keys instanceof LongColumn longs && key instanceof Number number) {
      return table[slot(longs, number.longValue())];
    }
    if (keys instanceof BytesColumn bytes && key instanceof String text) {
      return table[slot(bytes, text.getBytes(UTF_8))];
    }
    return NONE;
  }

  private void fill(LongColumn column) {
    for (int row = 0; row < column.size(); row++) {
      if (!column.isNull(row)) {
        put(slot(column, column.get(row)), row);
      }
    }
  }

  private void fill(BytesColumn column) {
    for (int row = 0; row < column.size(); row++) {
      if (!column.isNull(row)) {
        put(slot(column, column.bytes(row)), row);
      }
    }
  }

  private void put(int slot, int row) {
    int before = table[slot];
    table[slot] = row;
    if (before != NONE && previous.length == 0) {
      previous = new int[keys.size()];
      Arrays.fill(previous, NONE);
    }
    if (before != NONE) {
      previous[row] = before;
    }
  }

  /** Where the key is, or the free slot where it would be. */
  private int slot(LongColumn column, long key) {
    int slot = mix(key) & mask;
    while (table[slot] != NONE && column.get(table[slot]) != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private int slot(BytesColumn column, byte[] key) {
    int slot = mix(hash(key)) & mask;
    ByteBuffer wanted = ByteBuffer.wrap(key);
    while (table[slot] != NONE && !column.slice(table[slot]).equals(wanted)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** FNV-1a, 64 bits. */
  private static long hash(byte[] key) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : key) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }

  /** The finaliser of MurmurHash3: keys that differ in any bit spread over the table. */
  private static int mix(long key) {
    long mixed = (key ^ key >>> 33) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
    return (int) (mixed ^ mixed >>> 33);
  }
}
