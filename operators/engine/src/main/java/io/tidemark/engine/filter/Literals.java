package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import org.antlr.v4.runtime.Token;

/** The values that literals stand for. */
final class Literals {
  /** One beyond the largest integer: only right behind a minus. */
  private static final String MIN_MAGNITUDE = "9223372036854775808";

  private Literals() {}

  /** Boolean, Long, Double or String. */
  static Object of(Token literal, Scope scope) {
    return of(literal, false, scope);
  }

  /** As {@link #of(Token, Scope)}, of numbers the negative if {@code negative}. */
  static Object of(Token literal, boolean negative, Scope scope) {
    String text = literal.getText();
    return switch (literal.getType()) {
      case ExpressionLexer.BOOLEAN -> Boolean.valueOf(text);
      case ExpressionLexer.INTEGER -> integer(literal, negative, scope);
      case ExpressionLexer.FLOATING ->
          negative ? -floating(literal, scope) : floating(literal, scope);
      case ExpressionLexer.STRING -> new StringLiteral(literal, scope).decode();
      case ExpressionLexer.RAW_STRING -> text.substring(2, text.length() - 1);
      default -> throw scope.error(literal, "'" + text + "' is no literal");
    };
  }

  private static long integer(Token literal, boolean negative, Scope scope) {
    String text = literal.getText();
    if (negative && text.equals(MIN_MAGNITUDE)) {
      return Long.MIN_VALUE;
    }
    try {
      long value = parse(text);
      return negative ? -value : value;
    } catch (NumberFormatException e) {
      throw scope.error(
          literal,
          "integer "
              + SyntaxErrors.shortened(text)
              + " is out of range, expected "
              + Long.MIN_VALUE
              + " to "
              + Long.MAX_VALUE);
    }
  }

  private static long parse(String text) {
    if (text.startsWith("0x") || text.startsWith("0X")) {
      return Long.parseLong(text.substring(2), 16);
    }
    if (text.startsWith("0b") || text.startsWith("0B")) {
      return Long.parseLong(text.substring(2), 2);
    }
    return Long.parseLong(text, text.length() > 1 && text.startsWith("0") ? 8 : 10);
  }

  private static double floating(Token literal, Scope scope) {
    double value = Double.parseDouble(literal.getText());
    if (Double.isInfinite(value)) {
      throw scope.error(
          literal,
          "number "
              + SyntaxErrors.shortened(literal.getText())
              + " is out of the range of doubles");
    }
    return value;
  }
}
