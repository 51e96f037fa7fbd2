package io.tidemark.engine.filter;

import io.tidemark.model.column.BytesColumn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/** The UTF-8 bytes of a text column's rows, compared in place. */
final class Utf8Rows {
  /** Others in each process, lest texts be made up that all have one hash. */
  private static final long SECRET = new SecureRandom().nextLong();

  private static final long FACTOR = new SecureRandom().nextLong() | 1;

  private final ByteBuffer payload;
  private final int base;

  Utf8Rows(BytesColumn column) {
    this.payload = column.payload();
    this.base = (column.size() + 1) * 4;
  }

  int start(int row) {
    return base + payload.getInt(row << 2);
  }

  int end(int row) {
    return base + payload.getInt((row + 1) << 2);
  }

  byte at(int position) {
    return payload.get(position);
  }

  /** In the order of unsigned bytes, which is that of code points. */
  int compare(int row, byte[] other) {
    int start = start(row);
    int length = end(row) - start;
    int common = Math.min(length, other.length);
    for (int i = 0; i < common; i++) {
      int order = Byte.compareUnsigned(payload.get(start + i), other[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(length, other.length);
  }

  boolean isEqual(int row, byte[] other) {
    int start = start(row);
    return end(row) - start == other.length && isAt(start, other);
  }

  /** Whether these bytes stand at the position; there must be room for them. */
  boolean isAt(int position, byte[] other) {
    for (int i = 0; i < other.length; i++) {
      if (payload.get(position + i) != other[i]) {
        return false;
      }
    }
    return true;
  }

  long hash(int row) {
    return hash(payload, start(row), end(row));
  }

  static long hash(byte[] text) {
    return hash(ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN), 0, text.length);
  }

  private static long hash(ByteBuffer bytes, int from, int to) {
    long hash = SECRET ^ (to - from);
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      hash = mixed(hash ^ bytes.getLong(i));
    }
    long rest = 0;
    for (; i < to; i++) {
      rest = (rest << Byte.SIZE) | (bytes.get(i) & 0xFF);
    }
    return mixed(hash ^ rest);
  }

  /** Both halves of the product, one over the other. */
  private static long mixed(long value) {
    return Math.multiplyHigh(value, FACTOR) ^ value * FACTOR;
  }
}
