package io.tidemark.engine.filter;

import io.tidemark.model.column.KeyOrder;
import io.tidemark.model.expression.ComparisonOperator;
import java.util.ArrayList;
import java.util.List;

/**
 * Values one at a time: Boolean, Long, Double, String, a List of such, or {@link Other}. For
 * constants and for what JSON documents hold; columns of plain types have faster ways.
 */
final class PlainValues {
  /** What a JSON path can hold besides values: all of it equals nothing. */
  enum Other {
    /** Also the result of a calculation with what is no number. */
    MISSING,
    NULL,
    OBJECT
  }

  private PlainValues() {}

  /** Values of kinds that do not compare are unequal and in no order. */
  static boolean compare(ComparisonOperator operator, Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b) {
      return operator.accepts(Long.compare(a, b));
    }
    if (left instanceof Number a && right instanceof Number b) {
      return compare(operator, a.doubleValue(), b.doubleValue());
    }
    if (left instanceof String a && right instanceof String b) {
      return operator.accepts(KeyOrder.compareTexts(a, b));
    }
    return switch (operator) {
      case EQUAL -> equal(left, right);
      case NOT_EQUAL -> !equal(left, right);
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> false;
    };
  }

  /** As IEEE 754 has it: NaN is unequal to everything. */
  static boolean compare(ComparisonOperator operator, double a, double b) {
    return switch (operator) {
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_OR_EQUAL -> a >= b;
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
    };
  }

  private static boolean equal(Object left, Object right) {
    if (left instanceof Other || right instanceof Other) {
      return false;
    }
    return canonical(left).equals(canonical(right));
  }

  /**
   * In which equal values are {@link Object#equals equal}: doubles that are whole numbers become
   * Longs.
   */
  static Object canonical(Object value) {
    if (value instanceof Double d && d == Math.rint(d) && Math.abs(d) < 0x1p63) {
      return d.longValue();
    }
    if (value instanceof List<?> list) {
      List<Object> elements = new ArrayList<>(list.size());
      list.forEach(element -> elements.add(canonical(element)));
      return elements;
    }
    return value;
  }
}
