package io.tidemark.model.expression;

/**
 * Calculations with two numbers. Integers stay integers (64 bits, wrapping; division truncates)
 * unless a side is floating; {@link #POWER} is always floating; the bit operators take integers
 * only.
 */
public enum ArithmeticOperator {
  ADD("+"),
  SUBTRACT("-"),
  MULTIPLY("*"),
  DIVIDE("/"),
  MODULO("%"),
  POWER("**"),
  SHIFT_LEFT("<<"),
  SHIFT_RIGHT(">>"),
  BIT_AND("&"),
  BIT_OR("|"),
  BIT_XOR("^");

  private final String symbol;

  ArithmeticOperator(String symbol) {
    this.symbol = symbol;
  }

  public String symbol() {
    return symbol;
  }

  /** Whether both sides have to be integers. */
  public boolean isBitwise() {
    return switch (this) {
      case SHIFT_LEFT, SHIFT_RIGHT, BIT_AND, BIT_OR, BIT_XOR -> true;
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER -> false;
    };
  }

  /** Whether a zero on the right leaves integers without a result. */
  public boolean dividesBy() {
    return this == DIVIDE || this == MODULO;
  }
}
