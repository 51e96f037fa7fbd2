package io.tidemark.engine.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.StandardCharsets;

/**
 * A pattern of {@code like}, matched on UTF-8 bytes: {@code %} any run of characters, {@code _} one
 * character, {@code \} takes the next character as it is (at the end: itself). Time is at most
 * pattern × text, whatever the pattern.
 */
final class LikePattern {
  /** What stands in {@link #kinds} for a byte to be met, one character, any run. */
  private static final byte BYTE = 0;

  private static final byte ONE = 1;
  private static final byte ANY = 2;

  private final byte[] bytes;
  private final byte[] kinds;
  private final int length;

  LikePattern(String pattern) {
    byte[] source = pattern.getBytes(UTF_8);
    byte[] literal = new byte[source.length];
    byte[] kind = new byte[source.length];
    int size = 0;
    for (int i = 0; i < source.length; i++) {
      byte b = source[i];
      if (b == '\\' && i + 1 < source.length) {
        literal[size++] = source[++i];
      } else if (b == '%') {
        if (size == 0 || kind[size - 1] != ANY) {
          kind[size++] = ANY;
        }
      } else if (b == '_') {
        kind[size++] = ONE;
      } else {
        literal[size++] = b;
      }
    }
    this.bytes = literal;
    this.kinds = kind;
    this.length = size;
  }

  boolean matches(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return matches(position -> utf8[position], 0, utf8.length);
  }

  boolean matches(Utf8Rows rows, int row) {
    return matches(rows::at, rows.start(row), rows.end(row));
  }

  @FunctionalInterface
  private interface Text {
    byte at(int position);
  }

  // Greedy with one point of return: after a later % an earlier one need never take more.
  private boolean matches(Text text, int start, int end) {
    int at = start;
    int p = 0;
    int afterAny = -1;
    int resumeAt = 0;
    while (at < end) {
      if (p < length && kinds[p] == ANY) {
        afterAny = ++p;
        resumeAt = at;
        if (p == length) {
          return true;
        }
      } else if (p < length && kinds[p] == ONE && isFirstByte(text.at(at))) {
        at = next(text, at, end);
        p++;
      } else if (p < length && kinds[p] == BYTE && bytes[p] == text.at(at)) {
        at++;
        p++;
      } else if (afterAny >= 0) {
        p = afterAny;
        at = ++resumeAt;
      } else {
        return false;
      }
    }
    while (p < length && kinds[p] == ANY) {
      p++;
    }
    return p == length;
  }

  private static boolean isFirstByte(byte b) {
    return (b & 0xC0) != 0x80;
  }

  private static int next(Text text, int position, int end) {
    int next = position + 1;
    while (next < end && !isFirstByte(text.at(next))) {
      next++;
    }
    return next;
  }
}
