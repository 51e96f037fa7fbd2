package io.tidemark.engine.filter;

import io.tidemark.model.column.BytesColumn;
import java.nio.ByteBuffer;

/** The UTF-8 bytes of a text column's rows, compared in place. */
final class Utf8Rows {
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

  int hash(int row) {
    int hash = 1;
    for (int i = start(row), end = end(row); i < end; i++) {
      hash = 31 * hash + payload.get(i);
    }
    return hash;
  }
}
