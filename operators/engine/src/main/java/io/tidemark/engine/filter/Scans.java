package io.tidemark.engine.filter;

import io.tidemark.model.column.BooleanColumn;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.column.VectorColumn;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Loops over columns that fill the words of a {@link Truth}, 64 rows at a time. */
// Both bounds are looked at whatever the first says: no branch to mispredict.
@SuppressWarnings("ShortCircuitBoolean")
final class Scans {
  private Scans() {}

  /** Asks the test about every row that is not null. */
  static Truth test(Column column, IntPredicate test) {
    int size = column.size();
    long[] yes = new long[Truth.words(size)];
    for (int row = 0; row < size; row++) {
      if (!column.isNull(row) && test.test(row)) {
        yes[row >>> 6] |= 1L << row;
      }
    }
    return new Truth(size, yes, Rows.nulls(column));
  }

  /** Asks the test about every value that is not null. */
  static Truth test(int size, RowOperands.Reader reader, Predicate<Object> test) {
    long[] yes = new long[Truth.words(size)];
    long[] unknown = new long[yes.length];
    for (int row = 0; row < size; row++) {
      Object value = reader.read(row);
      if (value == null) {
        unknown[row >>> 6] |= 1L << row;
      } else if (test.test(value)) {
        yes[row >>> 6] |= 1L << row;
      }
    }
    return new Truth(size, yes, unknown);
  }

  /** low ≤ value ≤ high, over integers and booleans (0 and 1). */
  static Truth integers(Column column, long low, long high) {
    int size = column.size();
    long[] yes = new long[Truth.words(size)];
    for (int word = 0; word < yes.length; word++) {
      int from = word << 6;
      int to = Math.min(from + 64, size);
      yes[word] =
          switch (column) {
            case LongColumn longs -> longWord(longs, from, to, low, high);
            case IntColumn ints -> intWord(ints, from, to, low, high);
            case BooleanColumn booleans -> booleanWord(booleans, from, to, low, high);
            case FloatColumn c -> throw unexpected(c);
            case DoubleColumn c -> throw unexpected(c);
            case BytesColumn c -> throw unexpected(c);
            case VectorColumn c -> throw unexpected(c);
          };
    }
    return new Truth(size, yes, Rows.nulls(column));
  }

  private static long longWord(LongColumn column, int from, int to, long low, long high) {
    long bits = 0;
    for (int row = from; row < to; row++) {
      long value = column.get(row);
      bits |= (value >= low & value <= high ? 1L : 0L) << row;
    }
    return bits;
  }

  private static long intWord(IntColumn column, int from, int to, long low, long high) {
    long bits = 0;
    for (int row = from; row < to; row++) {
      long value = column.get(row);
      bits |= (value >= low & value <= high ? 1L : 0L) << row;
    }
    return bits;
  }

  private static long booleanWord(BooleanColumn column, int from, int to, long low, long high) {
    long bits = 0;
    for (int row = from; row < to; row++) {
      long value = column.get(row) ? 1 : 0;
      bits |= (value >= low & value <= high ? 1L : 0L) << row;
    }
    return bits;
  }

  /** low ≤ value ≤ high; never of NaN. */
  static Truth floatings(Column column, double low, double high) {
    int size = column.size();
    long[] yes = new long[Truth.words(size)];
    for (int word = 0; word < yes.length; word++) {
      int from = word << 6;
      int to = Math.min(from + 64, size);
      yes[word] =
          switch (column) {
            case FloatColumn floats -> floatWord(floats, from, to, low, high);
            case DoubleColumn doubles -> doubleWord(doubles, from, to, low, high);
            case LongColumn c -> throw unexpected(c);
            case IntColumn c -> throw unexpected(c);
            case BooleanColumn c -> throw unexpected(c);
            case BytesColumn c -> throw unexpected(c);
            case VectorColumn c -> throw unexpected(c);
          };
    }
    return new Truth(size, yes, Rows.nulls(column));
  }

  private static long floatWord(FloatColumn column, int from, int to, double low, double high) {
    long bits = 0;
    for (int row = from; row < to; row++) {
      double value = column.get(row);
      bits |= (value >= low & value <= high ? 1L : 0L) << row;
    }
    return bits;
  }

  private static long doubleWord(DoubleColumn column, int from, int to, double low, double high) {
    long bits = 0;
    for (int row = from; row < to; row++) {
      double value = column.get(row);
      bits |= (value >= low & value <= high ? 1L : 0L) << row;
    }
    return bits;
  }

  private static IllegalArgumentException unexpected(Column column) {
    return new IllegalArgumentException(
        "a filter for another type met a column of " + column.type());
  }
}
