package io.tidemark.engine.filter;

import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over columns of numbers by the JDK's Vector API: one bit a row, in words of 64 rows.
 * Columns may lie in mapped files, so their values are copied to a block on the heap first. What
 * rows without a value hold is compared as well; the caller leaves them out.
 */
final class NumberScans {
  /** Rows a block: small enough for the first-level cache. */
  private static final int BLOCK = 4_096;

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  /** Sets the words of {@code count} rows from {@code row}, a multiple of 64, on. */
  private interface Block {
    void scan(int row, int count, long[] words);
  }

  private NumberScans() {}

  /** Length of a block of so many rows at most: whole words. */
  private static int block(int size) {
    return Math.min(BLOCK, Truth.words(size) * Long.SIZE);
  }

  private static long[] scan(int size, Block block) {
    long[] words = new long[Truth.words(size)];
    for (int row = 0; row < size; row += BLOCK) {
      block.scan(row, Math.min(BLOCK, size - row), words);
    }
    Truth.clearTail(size, words);
    return words;
  }

  /** low ≤ value ≤ high. */
  static long[] between(IntColumn column, long low, long high) {
    if (low > Integer.MAX_VALUE || high < Integer.MIN_VALUE) {
      return new long[Truth.words(column.size())];
    }
    int from = (int) Math.max(low, Integer.MIN_VALUE);
    int to = (int) Math.min(high, Integer.MAX_VALUE);
    int[] values = new int[block(column.size())];
    return scan(
        column.size(),
        (row, count, words) -> {
          column.copy(row, values, count);
          for (int i = 0; i < count; i += Long.SIZE) {
            words[(row + i) >>> 6] = between(values, i, from, to);
          }
        });
  }

  private static long between(int[] values, int at, int low, int high) {
    long bits = 0;
    for (int lane = 0; lane < Long.SIZE; lane += INTS.length()) {
      IntVector some = IntVector.fromArray(INTS, values, at + lane);
      bits |=
          some.compare(VectorOperators.GE, low).and(some.compare(VectorOperators.LE, high)).toLong()
              << lane;
    }
    return bits;
  }

  /** low ≤ value ≤ high. */
  static long[] between(LongColumn column, long low, long high) {
    long[] values = new long[block(column.size())];
    return scan(
        column.size(),
        (row, count, words) -> {
          column.copy(row, values, count);
          for (int i = 0; i < count; i += Long.SIZE) {
            words[(row + i) >>> 6] = between(values, i, low, high);
          }
        });
  }

  private static long between(long[] values, int at, long low, long high) {
    long bits = 0;
    for (int lane = 0; lane < Long.SIZE; lane += LONGS.length()) {
      LongVector some = LongVector.fromArray(LONGS, values, at + lane);
      bits |=
          some.compare(VectorOperators.GE, low).and(some.compare(VectorOperators.LE, high)).toLong()
              << lane;
    }
    return bits;
  }

  /** low ≤ value ≤ high; never of NaN. */
  static long[] between(FloatColumn column, double low, double high) {
    // The nearest floats within: a float lies between the bounds exactly if it does between these.
    float from = (float) low < low ? Math.nextUp((float) low) : (float) low;
    float to = (float) high > high ? Math.nextDown((float) high) : (float) high;
    float[] values = new float[block(column.size())];
    return scan(
        column.size(),
        (row, count, words) -> {
          column.copy(row, values, count);
          for (int i = 0; i < count; i += Long.SIZE) {
            words[(row + i) >>> 6] = between(values, i, from, to);
          }
        });
  }

  private static long between(float[] values, int at, float low, float high) {
    long bits = 0;
    for (int lane = 0; lane < Long.SIZE; lane += FLOATS.length()) {
      FloatVector some = FloatVector.fromArray(FLOATS, values, at + lane);
      bits |=
          some.compare(VectorOperators.GE, low).and(some.compare(VectorOperators.LE, high)).toLong()
              << lane;
    }
    return bits;
  }

  /** low ≤ value ≤ high; never of NaN. */
  static long[] between(DoubleColumn column, double low, double high) {
    double[] values = new double[block(column.size())];
    return scan(
        column.size(),
        (row, count, words) -> {
          column.copy(row, values, count);
          for (int i = 0; i < count; i += Long.SIZE) {
            words[(row + i) >>> 6] = between(values, i, low, high);
          }
        });
  }

  private static long between(double[] values, int at, double low, double high) {
    long bits = 0;
    for (int lane = 0; lane < Long.SIZE; lane += DOUBLES.length()) {
      DoubleVector some = DoubleVector.fromArray(DOUBLES, values, at + lane);
      bits |=
          some.compare(VectorOperators.GE, low).and(some.compare(VectorOperators.LE, high)).toLong()
              << lane;
    }
    return bits;
  }

  /** value is in the set. */
  static long[] among(IntColumn column, LongSet set) {
    int[] values = new int[block(column.size())];
    long[] few = set.few();
    if (few == null) {
      return scan(
          column.size(),
          (row, count, words) -> {
            column.copy(row, values, count);
            for (int i = 0; i < count; i++) {
              words[(row + i) >>> 6] |= set.contains(values[i]) ? 1L << i : 0;
            }
          });
    }
    int[] wanted =
        Arrays.stream(few)
            .filter(value -> value == (int) value)
            .mapToInt(value -> (int) value)
            .toArray();
    return scan(
        column.size(),
        (row, count, words) -> {
          column.copy(row, values, count);
          for (int i = 0; i < count; i += Long.SIZE) {
            words[(row + i) >>> 6] = among(values, i, wanted);
          }
        });
  }

  private static long among(int[] values, int at, int[] wanted) {
    long bits = 0;
    for (int lane = 0; lane < Long.SIZE; lane += INTS.length()) {
      IntVector some = IntVector.fromArray(INTS, values, at + lane);
      VectorMask<Integer> found = INTS.maskAll(false);
      for (int value : wanted) {
        found = found.or(some.compare(VectorOperators.EQ, value));
      }
      bits |= found.toLong() << lane;
    }
    return bits;
  }

  /** value is in the set. */
  static long[] among(LongColumn column, LongSet set) {
    long[] values = new long[block(column.size())];
    long[] few = set.few();
    if (few == null) {
      return scan(
          column.size(),
          (row, count, words) -> {
            column.copy(row, values, count);
            for (int i = 0; i < count; i++) {
              words[(row + i) >>> 6] |= set.contains(values[i]) ? 1L << i : 0;
            }
          });
    }
    return scan(
        column.size(),
        (row, count, words) -> {
          column.copy(row, values, count);
          for (int i = 0; i < count; i += Long.SIZE) {
            words[(row + i) >>> 6] = among(values, i, few);
          }
        });
  }

  private static long among(long[] values, int at, long[] wanted) {
    long bits = 0;
    for (int lane = 0; lane < Long.SIZE; lane += LONGS.length()) {
      LongVector some = LongVector.fromArray(LONGS, values, at + lane);
      VectorMask<Long> found = LONGS.maskAll(false);
      for (long value : wanted) {
        found = found.or(some.compare(VectorOperators.EQ, value));
      }
      bits |= found.toLong() << lane;
    }
    return bits;
  }
}
