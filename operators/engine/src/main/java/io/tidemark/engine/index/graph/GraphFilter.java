package io.tidemark.engine.index.graph;

import java.util.Arrays;
import java.util.BitSet;

/** The rows that count in one search of a graph. Immutable. */
final class GraphFilter {
  private final long[] words;
  private final int accepted;

  /**
   * @param rows of the segment; bits beyond are left out
   */
  GraphFilter(BitSet accept, int rows) {
    long[] bits = accept.toLongArray();
    int needed = (rows + 63) >>> 6;
    this.words = bits.length == needed ? bits : Arrays.copyOf(bits, needed);
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    this.accepted = count;
  }

  /** How many rows count. */
  int accepted() {
    return accepted;
  }

  boolean accepts(int row) {
    return (words[row >>> 6] >>> row & 1) != 0;
  }

  /** Up to so many of the rows that count, spread evenly over them. */
  int[] spread(int wanted) {
    int count = Math.min(wanted, accepted);
    int[] rows = new int[count];
    int found = 0;
    int before = 0;
    for (int word = 0; word < words.length && found < count; word++) {
      int after = before + Long.bitCount(words[word]);
      long rank = rank(found, count);
      while (found < count && rank < after) {
        long bits = words[word];
        for (long skip = rank - before; skip > 0; skip--) {
          bits &= bits - 1;
        }
        rows[found++] = (word << 6) + Long.numberOfTrailingZeros(bits);
        rank = rank(found, count);
      }
      before = after;
    }
    return rows;
  }

  private long rank(int i, int count) {
    return (2L * i + 1) * accepted / (2L * count);
  }
}
