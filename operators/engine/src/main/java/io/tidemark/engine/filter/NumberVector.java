package io.tidemark.engine.filter;

import io.tidemark.model.column.BooleanColumn;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.column.VectorColumn;
import io.tidemark.model.expression.ArithmeticOperator;
import io.tidemark.model.expression.ComparisonOperator;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of an operand without JSON for all rows: longs, or doubles, and which rows have none.
 */
final class NumberVector {
  private final long @Nullable [] longs;
  private final double[] doubles;
  private final long @Nullable [] nulls;
  private final int size;

  private NumberVector(
      int size, long @Nullable [] longs, double[] doubles, long @Nullable [] nulls) {
    this.size = size;
    this.longs = longs;
    this.doubles = doubles;
    this.nulls = nulls;
  }

  static NumberVector of(Operand operand, Rows rows) {
    int size = rows.size();
    return switch (operand) {
      case Operand.Constant(Long value) -> {
        long[] longs = new long[size];
        Arrays.fill(longs, value);
        yield new NumberVector(size, longs, new double[0], null);
      }
      case Operand.Constant constant -> {
        double[] doubles = new double[size];
        Arrays.fill(doubles, ((Number) constant.value()).doubleValue());
        yield new NumberVector(size, null, doubles, null);
      }
      case Operand.Field field -> field(field, rows);
      case Operand.Arithmetic arithmetic ->
          calculate(
              arithmetic.operator(), of(arithmetic.left(), rows), of(arithmetic.right(), rows));
      case Operand.JsonPath path ->
          throw new IllegalArgumentException("JSON is read row by row: " + path);
    };
  }

  private static NumberVector field(Operand.Field field, Rows rows) {
    int size = rows.size();
    Optional<Column> stored = rows.column(field.fieldId());
    if (stored.isEmpty()) {
      long[] all = new long[Truth.words(size)];
      Arrays.fill(all, -1L);
      return field.kind() == ValueKind.INTEGER
          ? new NumberVector(size, new long[size], new double[0], all)
          : new NumberVector(size, null, new double[size], all);
    }
    Column column = stored.get();
    long[] nulls = Rows.nulls(column);
    return switch (column) {
      case LongColumn c -> {
        long[] longs = new long[size];
        Arrays.setAll(longs, c::get);
        yield new NumberVector(size, longs, new double[0], nulls);
      }
      case IntColumn c -> {
        long[] longs = new long[size];
        Arrays.setAll(longs, c::get);
        yield new NumberVector(size, longs, new double[0], nulls);
      }
      case FloatColumn c -> {
        double[] doubles = new double[size];
        Arrays.setAll(doubles, c::get);
        yield new NumberVector(size, null, doubles, nulls);
      }
      case DoubleColumn c -> {
        double[] doubles = new double[size];
        Arrays.setAll(doubles, c::get);
        yield new NumberVector(size, null, doubles, nulls);
      }
      case BooleanColumn c -> throw new IllegalArgumentException(c.type() + " is no number");
      case BytesColumn c -> throw new IllegalArgumentException(c.type() + " is no number");
      case VectorColumn c -> throw new IllegalArgumentException(c.type() + " is no number");
    };
  }

  private static NumberVector calculate(
      ArithmeticOperator operator, NumberVector left, NumberVector right) {
    int size = left.size;
    long[] nulls = union(left.nulls, right.nulls);
    if (left.longs == null || right.longs == null || operator == ArithmeticOperator.POWER) {
      double[] a = left.asDoubles();
      double[] b = right.asDoubles();
      double[] result = new double[size];
      for (int i = 0; i < size; i++) {
        result[i] = Numbers.floating(operator, a[i], b[i]);
      }
      return new NumberVector(size, null, result, nulls);
    }
    long[] result = new long[size];
    for (int i = 0; i < size; i++) {
      if (Numbers.defined(operator, right.longs[i])) {
        result[i] = Numbers.integer(operator, left.longs[i], right.longs[i]);
      } else {
        nulls = nulls == null ? new long[Truth.words(size)] : nulls;
        nulls[i >>> 6] |= 1L << i;
      }
    }
    return new NumberVector(size, result, new double[0], nulls);
  }

  private double[] asDoubles() {
    if (longs == null) {
      return doubles;
    }
    double[] converted = new double[size];
    for (int i = 0; i < size; i++) {
      converted[i] = longs[i];
    }
    return converted;
  }

  private static long @Nullable [] union(long @Nullable [] a, long @Nullable [] b) {
    if (a == null) {
      return b == null ? null : b.clone();
    }
    long[] union = a.clone();
    for (int i = 0; b != null && i < union.length; i++) {
      union[i] |= b[i];
    }
    return union;
  }

  /** Compares row by row; unknown where a side has no value. */
  Truth compare(ComparisonOperator operator, NumberVector other) {
    long[] yes = new long[Truth.words(size)];
    if (longs != null && other.longs != null) {
      for (int i = 0; i < size; i++) {
        if (operator.accepts(Long.compare(longs[i], other.longs[i]))) {
          yes[i >>> 6] |= 1L << i;
        }
      }
    } else {
      double[] a = asDoubles();
      double[] b = other.asDoubles();
      for (int i = 0; i < size; i++) {
        if (PlainValues.compare(operator, a[i], b[i])) {
          yes[i >>> 6] |= 1L << i;
        }
      }
    }
    long[] unknown = union(nulls, other.nulls);
    return new Truth(size, yes, unknown);
  }
}
