package io.tidemark.engine.vector;

/**
 * Reads a word from each cache line of some rows, before they are scored one after another. A
 * processor waits for the memory of two or three rows at a time, since it looks no further ahead
 * than that many rows' worth of arithmetic; so it waits for all of them at once. On a graph's walk,
 * which meets rows at random, this takes half of the time, and a third under a filter.
 */
public final class RowTouch {
  private static final int LINE = 64;

  /** Lines of a row; the others come by themselves, as the processor sees them read in order. */
  private static final int LINES_MAX = 8;

  /** Something that the sums below are not, but which the compiler can't know. */
  private static final int NEVER = 0x5EED_BEEF;

  private static boolean met;

  private RowTouch() {}

  /**
   * @param lead bytes before the first row
   * @param width bytes of a row
   */
  public static void bytes(byte[] data, int lead, int[] rows, int count, int width) {
    int end = Math.min(width, LINES_MAX * LINE);
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int at = lead + rows[i] * width;
      for (int place = 0; place < end; place += LINE) {
        sum += data[at + place];
      }
      sum += data[at + end - 1];
    }
    read(sum);
  }

  /**
   * @param width floats of a row
   */
  public static void floats(float[] data, int[] rows, int count, int width) {
    int end = Math.min(width, LINES_MAX * LINE / Float.BYTES);
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int at = rows[i] * width;
      for (int place = 0; place < end; place += LINE / Float.BYTES) {
        sum += Float.floatToRawIntBits(data[at + place]);
      }
      sum += Float.floatToRawIntBits(data[at + end - 1]);
    }
    read(sum);
  }

  /**
   * @param from the first number that will be read
   * @param to beyond the last one
   */
  public static void ints(int[] data, int from, int to) {
    int sum = 0;
    for (int place = from; place < to; place += LINE / Integer.BYTES) {
      sum += data[place];
    }
    read(sum);
  }

  /** Makes the sum count, or the compiler would leave out the reading. */
  private static void read(int sum) {
    if (sum == NEVER) {
      met = !met;
    }
  }
}
