package io.tidemark.engine.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.expression.ComparisonOperator;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import org.jspecify.annotations.Nullable;

/**
 * Picks the loop for a comparison: one range scan for a field and a constant, vectors for
 * arithmetic, rows for JSON.
 */
final class ComparisonCompiler {
  private ComparisonCompiler() {}

  static Evaluation compile(Condition.Comparison comparison) {
    ComparisonOperator operator = comparison.operator();
    if (comparison.left() instanceof Operand.Field field
        && comparison.right() instanceof Operand.Constant constant) {
      return switch (constant.value()) {
        case Boolean value -> integers(field, operator, value ? 1 : 0);
        case Long value -> integers(field, operator, value);
        case Double value -> floatings(field, operator, value);
        case String value -> texts(field, operator, value);
        default -> rowByRow(comparison);
      };
    }
    if (comparison.left().kind().isNumber() && comparison.right().kind().isNumber()) {
      return rows ->
          NumberVector.of(comparison.left(), rows)
              .compare(operator, NumberVector.of(comparison.right(), rows));
    }
    return rowByRow(comparison);
  }

  private static Evaluation integers(Operand.Field field, ComparisonOperator operator, long value) {
    return switch (operator) {
      case EQUAL -> integers(field, value, value);
      case NOT_EQUAL -> negated(integers(field, value, value));
      case LESS_OR_EQUAL -> integers(field, Long.MIN_VALUE, value);
      case GREATER -> negated(integers(field, Long.MIN_VALUE, value));
      case GREATER_OR_EQUAL -> integers(field, value, Long.MAX_VALUE);
      case LESS -> negated(integers(field, value, Long.MAX_VALUE));
    };
  }

  private static Evaluation integers(Operand.Field field, long low, long high) {
    return ConditionCompiler.column(field, column -> Scans.integers(column, low, high));
  }

  private static Evaluation negated(Evaluation evaluation) {
    return rows -> evaluation.evaluate(rows).not();
  }

  private static Evaluation floatings(
      Operand.Field field, ComparisonOperator operator, double value) {
    return switch (operator) {
      case EQUAL -> floatings(field, value, value);
      case NOT_EQUAL -> negated(floatings(field, value, value));
      case LESS -> floatings(field, Double.NEGATIVE_INFINITY, Math.nextDown(value));
      case LESS_OR_EQUAL -> floatings(field, Double.NEGATIVE_INFINITY, value);
      case GREATER -> floatings(field, Math.nextUp(value), Double.POSITIVE_INFINITY);
      case GREATER_OR_EQUAL -> floatings(field, value, Double.POSITIVE_INFINITY);
    };
  }

  private static Evaluation floatings(Operand.Field field, double low, double high) {
    return ConditionCompiler.column(field, column -> Scans.floatings(column, low, high));
  }

  private static Evaluation texts(Operand.Field field, ComparisonOperator operator, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    return ConditionCompiler.column(
        field,
        column -> {
          Utf8Rows texts = new Utf8Rows((BytesColumn) column);
          return switch (operator) {
            case EQUAL -> Scans.test(column, row -> texts.isEqual(row, bytes));
            case NOT_EQUAL -> Scans.test(column, row -> !texts.isEqual(row, bytes));
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
                Scans.test(column, row -> operator.accepts(texts.compare(row, bytes)));
          };
        });
  }

  private static Evaluation rowByRow(Condition.Comparison comparison) {
    return rows -> {
      RowOperands.Reader left = RowOperands.reader(comparison.left(), rows);
      RowOperands.Reader right = RowOperands.reader(comparison.right(), rows);
      return Scans.test(
          rows.size(),
          row -> compare(comparison.operator(), left.read(row), right.read(row)),
          Boolean.TRUE::equals);
    };
  }

  private static @Nullable Object compare(
      ComparisonOperator operator, @Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return null;
    }
    return PlainValues.compare(operator, left, right);
  }
}
