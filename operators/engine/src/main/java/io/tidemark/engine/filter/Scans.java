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
    return switch (column) {
      case LongColumn longs -> truth(longs, NumberScans.between(longs, low, high));
      case IntColumn ints -> truth(ints, NumberScans.between(ints, low, high));
      case BooleanColumn booleans ->
          booleans(booleans, low <= 0 && high >= 0, low <= 1 && high >= 1);
      case FloatColumn c -> throw unexpected(c);
      case DoubleColumn c -> throw unexpected(c);
      case BytesColumn c -> throw unexpected(c);
      case VectorColumn c -> throw unexpected(c);
    };
  }

  /** value is one of some, over integers and booleans (0 and 1). */
  static Truth integers(Column column, LongSet wanted) {
    return switch (column) {
      case LongColumn longs -> truth(longs, NumberScans.among(longs, wanted));
      case IntColumn ints -> truth(ints, NumberScans.among(ints, wanted));
      case BooleanColumn booleans -> booleans(booleans, wanted.contains(0), wanted.contains(1));
      case FloatColumn c -> throw unexpected(c);
      case DoubleColumn c -> throw unexpected(c);
      case BytesColumn c -> throw unexpected(c);
      case VectorColumn c -> throw unexpected(c);
    };
  }

  private static Truth booleans(BooleanColumn column, boolean ifFalse, boolean ifTrue) {
    return test(column, row -> column.get(row) ? ifTrue : ifFalse);
  }

  /** low ≤ value ≤ high; never of NaN. */
  static Truth floatings(Column column, double low, double high) {
    return switch (column) {
      case FloatColumn floats -> truth(floats, NumberScans.between(floats, low, high));
      case DoubleColumn doubles -> truth(doubles, NumberScans.between(doubles, low, high));
      case LongColumn c -> throw unexpected(c);
      case IntColumn c -> throw unexpected(c);
      case BooleanColumn c -> throw unexpected(c);
      case BytesColumn c -> throw unexpected(c);
      case VectorColumn c -> throw unexpected(c);
    };
  }

  private static Truth truth(Column column, long[] yes) {
    return new Truth(column.size(), yes, Rows.nulls(column));
  }

  private static IllegalArgumentException unexpected(Column column) {
    return new IllegalArgumentException(
        "a filter for another type met a column of " + column.type());
  }
}
