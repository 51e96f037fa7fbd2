package io.tidemark.engine.filter;

import io.tidemark.model.column.BooleanColumn;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.column.VectorColumn;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Builds the set for an {@code in}, once per filter. */
final class InCompiler {
  private InCompiler() {}

  static Evaluation compile(Condition.In in) {
    if (!(in.operand() instanceof Operand.Field field)) {
      return rowByRow(in);
    }
    return switch (field.type()) {
      case BOOL, INT8, INT16, INT32, INT64 -> integers(field, in.values());
      case FLOAT, DOUBLE -> floatings(field, in.values());
      case VARCHAR -> texts(field, in.values());
      case JSON, FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          rowByRow(in);
      case SPARSE_FLOAT_VECTOR -> rowByRow(in);
    };
  }

  private static Evaluation integers(Operand.Field field, List<Object> values) {
    LongSet set =
        new LongSet(
            values.stream()
                .mapToLong(v -> v instanceof Boolean b ? (b ? 1 : 0) : (Long) v)
                .toArray());
    return ConditionCompiler.column(field, column -> Scans.integers(column, set));
  }

  private static Evaluation floatings(Operand.Field field, List<Object> values) {
    LongSet set =
        new LongSet(
            values.stream()
                .mapToDouble(v -> (Double) v)
                .filter(v -> !Double.isNaN(v))
                .mapToLong(InCompiler::bits)
                .toArray());
    return ConditionCompiler.column(
        field,
        column ->
            switch (column) {
              case FloatColumn c -> Scans.test(column, row -> set.contains(bits(c.get(row))));
              case DoubleColumn c -> Scans.test(column, row -> set.contains(bits(c.get(row))));
              case LongColumn c -> throw unexpected(c);
              case IntColumn c -> throw unexpected(c);
              case BooleanColumn c -> throw unexpected(c);
              case BytesColumn c -> throw unexpected(c);
              case VectorColumn c -> throw unexpected(c);
            });
  }

  // Adding zero makes -0.0 and 0.0 one.
  private static long bits(double value) {
    return Double.doubleToLongBits(value + 0.0);
  }

  private static Evaluation texts(Operand.Field field, List<Object> values) {
    Utf8Set set = new Utf8Set(values.stream().map(String.class::cast).toList());
    return ConditionCompiler.column(
        field,
        column -> {
          Utf8Rows texts = new Utf8Rows((BytesColumn) column);
          return Scans.test(column, row -> set.contains(texts, row));
        });
  }

  private static Evaluation rowByRow(Condition.In in) {
    Set<Object> set = new HashSet<>();
    in.values().forEach(value -> set.add(PlainValues.canonical(value)));
    return rows ->
        Scans.test(
            rows.size(),
            RowOperands.reader(in.operand(), rows),
            value -> set.contains(PlainValues.canonical(value)));
  }

  private static IllegalArgumentException unexpected(Column column) {
    return new IllegalArgumentException(
        "a filter for another type met a column of " + column.type());
  }
}
