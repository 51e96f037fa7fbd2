package io.tidemark.engine.index.graph;

import java.util.Arrays;

/**
 * What one search needs beside the graph: seen rows, the frontier (best at the root) and the
 * results (worst at the root). Reused, for one search at a time. An entry is the nearness as
 * sortable bits above and the row below, so that longs compare as nearness does.
 */
final class GraphScratch {
  private final long[] seen;
  private long[] frontier = new long[1024];
  private int frontierSize;
  private long[] results = new long[64];
  private int resultCount;
  private int resultsMax;
  int[] batch = new int[256];
  private float[] scores = new float[256];

  GraphScratch(int rows) {
    seen = new long[(rows + 63) >>> 6];
  }

  /** Empties all for a search that keeps {@code ef} results. */
  void start(int ef) {
    Arrays.fill(seen, 0);
    frontierSize = 0;
    resultCount = 0;
    resultsMax = ef;
    if (results.length < ef) {
      results = new long[ef];
    }
  }

  /** Room in {@link #batch} for so many rows. */
  int[] batch(int atLeast) {
    if (batch.length < atLeast) {
      batch = Arrays.copyOf(batch, atLeast * 2);
    }
    return batch;
  }

  /** Room for the scores of so many rows. */
  float[] scores(int atLeast) {
    if (scores.length < atLeast) {
      scores = new float[batch.length];
    }
    return scores;
  }

  /** Marks a row; false if it was already. */
  boolean visit(int row) {
    int word = row >>> 6;
    long bit = 1L << row;
    if ((seen[word] & bit) != 0) {
      return false;
    }
    seen[word] |= bit;
    return true;
  }

  static long entry(int row, float nearness) {
    int bits = Float.floatToRawIntBits(nearness + 0f);
    return (long) (bits ^ (bits >> 31 & 0x7FFF_FFFF)) << 32 | row;
  }

  static int row(long entry) {
    return (int) entry;
  }

  static float nearness(long entry) {
    int bits = (int) (entry >> 32);
    return Float.intBitsToFloat(bits ^ (bits >> 31 & 0x7FFF_FFFF));
  }

  boolean frontierIsEmpty() {
    return frontierSize == 0;
  }

  /** The best of the frontier, which is not empty. */
  long frontierTop() {
    return frontier[0];
  }

  void pushFrontier(long entry) {
    if (frontierSize == frontier.length) {
      frontier = Arrays.copyOf(frontier, frontierSize * 2);
    }
    int at = frontierSize++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (frontier[parent] >= entry) {
        break;
      }
      frontier[at] = frontier[parent];
      at = parent;
    }
    frontier[at] = entry;
  }

  long popFrontier() {
    long top = frontier[0];
    long entry = frontier[--frontierSize];
    int at = 0;
    int half = frontierSize >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < frontierSize && frontier[child + 1] > frontier[child]) {
        child++;
      }
      if (frontier[child] <= entry) {
        break;
      }
      frontier[at] = frontier[child];
      at = child;
    }
    frontier[at] = entry;
    return top;
  }

  int resultCount() {
    return resultCount;
  }

  long result(int i) {
    return results[i];
  }

  /** What an entry must exceed to matter: the worst result once there are enough. */
  long bar() {
    return resultCount < resultsMax ? Long.MIN_VALUE : results[0];
  }

  void pushResult(long entry) {
    if (resultCount < resultsMax) {
      int at = resultCount++;
      while (at > 0) {
        int parent = (at - 1) >>> 1;
        if (results[parent] <= entry) {
          break;
        }
        results[at] = results[parent];
        at = parent;
      }
      results[at] = entry;
      return;
    }
    if (entry <= results[0]) {
      return;
    }
    int at = 0;
    int half = resultCount >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < resultCount && results[child + 1] < results[child]) {
        child++;
      }
      if (results[child] >= entry) {
        break;
      }
      results[at] = results[child];
      at = child;
    }
    results[at] = entry;
  }
}
