package io.tidemark.engine.filter;

import io.tidemark.model.expression.ArithmeticOperator;
import org.jspecify.annotations.Nullable;

/** Arithmetic on Long and Double as {@link ArithmeticOperator} defines it. */
final class Numbers {
  private Numbers() {}

  /**
   * Null where there is no result: division of integers by zero, bits of a floating number, a shift
   * out of 0 to 63.
   */
  static @Nullable Object calculate(ArithmeticOperator operator, Object left, Object right) {
    if (left instanceof Long a && right instanceof Long b && operator != ArithmeticOperator.POWER) {
      return defined(operator, b) ? (Long) integer(operator, a, b) : null;
    }
    if (operator.isBitwise()) {
      return null;
    }
    return floating(operator, ((Number) left).doubleValue(), ((Number) right).doubleValue());
  }

  /** Whether {@link #integer} has a result for this right side. */
  static boolean defined(ArithmeticOperator operator, long right) {
    return switch (operator) {
      case DIVIDE, MODULO -> right != 0;
      case SHIFT_LEFT, SHIFT_RIGHT -> right >= 0 && right < Long.SIZE;
      case ADD, SUBTRACT, MULTIPLY, POWER, BIT_AND, BIT_OR, BIT_XOR -> true;
    };
  }

  static long integer(ArithmeticOperator operator, long a, long b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MODULO -> a % b;
      case SHIFT_LEFT -> a << b;
      case SHIFT_RIGHT -> a >> b;
      case BIT_AND -> a & b;
      case BIT_OR -> a | b;
      case BIT_XOR -> a ^ b;
      case POWER -> throw new IllegalArgumentException("powers are floating");
    };
  }

  static double floating(ArithmeticOperator operator, double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MODULO -> a % b;
      case POWER -> Math.pow(a, b);
      case SHIFT_LEFT, SHIFT_RIGHT, BIT_AND, BIT_OR, BIT_XOR ->
          throw new IllegalArgumentException(operator.symbol() + " of floating numbers");
    };
  }
}
