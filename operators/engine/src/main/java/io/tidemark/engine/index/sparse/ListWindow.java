package io.tidemark.engine.index.sparse;

import java.util.Arrays;

/**
 * The lists of up to {@value #ROWS} rows that follow each other in the segment: for each index that
 * some of them have, their places in the window, ascending, with a code of the value. The code c
 * stands for {@code c × scale} of its list, which is never below the value. Immutable.
 */
final class ListWindow {
  /** Few enough that a search's sums of a window stay in a core's nearest cache. */
  static final int ROWS = 1 << 13;

  static final int CODE_MAX = 255;

  private final int[] indices;
  private final int[] offsets;
  private final float[] scales;
  private final short[] places;
  private final byte[] codes;

  /**
   * @param indices flipped ({@link #flipped}), ascending, one for each list
   * @param offsets where each list begins, and behind the last its end
   * @param scales of the lists
   * @param places of all lists
   * @param codes of all lists, 1 to {@value #CODE_MAX}
   */
  ListWindow(int[] indices, int[] offsets, float[] scales, short[] places, byte[] codes) {
    this.indices = indices;
    this.offsets = offsets;
    this.scales = scales;
    this.places = places;
    this.codes = codes;
  }

  /** An unsigned index as an int that compares as the index does; its own inverse. */
  static int flipped(int index) {
    return index ^ Integer.MIN_VALUE;
  }

  /** What a code stands for at least, of the largest value of a list. */
  static float scale(float largest) {
    return Math.nextUp(largest / CODE_MAX);
  }

  /** The smallest code that stands for no less than a value. */
  static int code(float value, float scale) {
    int code = Math.clamp((long) Math.ceil(value / scale), 1, CODE_MAX);
    return code < CODE_MAX && code * scale < value ? code + 1 : code;
  }

  /**
   * The list of an index.
   *
   * @param index flipped
   * @param from a list that is not behind it
   * @return its number, or, if there is none, -1 minus the first behind it
   */
  int find(int index, int from) {
    return Arrays.binarySearch(indices, from, indices.length, index);
  }

  /** The most that a list's values can be. */
  float largest(int list) {
    return scales[list] * CODE_MAX;
  }

  /** Adds each value of a list, times a weight, to its row's sum. */
  void add(int list, float weight, float[] sums) {
    float unit = weight * scales[list];
    int end = offsets[list + 1];
    for (int i = offsets[list]; i < end; i++) {
      sums[places[i] & 0xFFFF] += unit * (codes[i] & 0xFF);
    }
  }

  int[] indices() {
    return indices;
  }

  int[] offsets() {
    return offsets;
  }

  float[] scales() {
    return scales;
  }

  short[] places() {
    return places;
  }

  byte[] codes() {
    return codes;
  }

  long bytes() {
    return (long) indices.length * (Integer.BYTES + Integer.BYTES + Float.BYTES)
        + (long) places.length * (Short.BYTES + Byte.BYTES);
  }
}
