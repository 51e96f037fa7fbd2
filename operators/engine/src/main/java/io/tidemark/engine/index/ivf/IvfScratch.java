package io.tidemark.engine.index.ivf;

/**
 * What one search needs beside the lists: the lists by their nearness, of which the nearest is
 * taken out time and again, and room for a batch of rows. Reused, for one search at a time.
 */
final class IvfScratch {
  static final int BATCH = 256;

  final int[] places = new int[BATCH];
  final int[] rows = new int[BATCH];
  final float[] scores = new float[BATCH];

  /** A heap of nearness as sortable bits above and the list below, the largest at the root. */
  private final long[] order;

  private int left;

  IvfScratch(int lists) {
    order = new long[lists];
  }

  void put(int list, float nearness) {
    int bits = Float.floatToRawIntBits(nearness + 0f);
    order[list] = (long) (bits ^ (bits >> 31 & 0x7FFF_FFFF)) << 32 | list;
  }

  /** After every list was put. */
  void arrange() {
    left = order.length;
    for (int at = left / 2 - 1; at >= 0; at--) {
      sift(at);
    }
  }

  boolean hasList() {
    return left > 0;
  }

  /** The nearest of the lists that are left. */
  int takeNearest() {
    int list = (int) order[0];
    order[0] = order[--left];
    if (left > 0) {
      sift(0);
    }
    return list;
  }

  private void sift(int from) {
    long entry = order[from];
    int at = from;
    int half = left >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < left && order[child + 1] > order[child]) {
        child++;
      }
      if (order[child] <= entry) {
        break;
      }
      order[at] = order[child];
      at = child;
    }
    order[at] = entry;
  }
}
