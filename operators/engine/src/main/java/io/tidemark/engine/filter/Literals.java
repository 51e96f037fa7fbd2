package io.tidemark.engine.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import java.io.ByteArrayOutputStream;
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
      case ExpressionLexer.FLOATING -> negative ? -floating(literal, scope) : floating(literal, scope);
      case ExpressionLexer.STRING -> unescape(literal, scope);
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
      throw scope.error(literal, "integer " + SyntaxErrors.shortened(text) + " is out of range, expected " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
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
      throw scope.error(literal, "number " + SyntaxErrors.shortened(literal.getText()) + " is out of the range of doubles");
    }
    return value;
  }

  // Octal and hexadecimal escapes are bytes of UTF-8. A backslash before anything else stays, so that patterns may say \%.
  private static String unescape(Token literal, Scope scope) {
    String text = literal.getText();
    int end = text.length() - 1;
    if (text.indexOf('\\') < 0) {
      return text.substring(1, end);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int i = 1;
    while (i < end) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      if (codePoint != '\\') {
        bytes.writeBytes(Character.toString(codePoint).getBytes(UTF_8));
        continue;
      }
      char escape = text.charAt(i++);
      switch (escape) {
        case 'a' -> bytes.write(7);
        case 'b' -> bytes.write('\b');
        case 'f' -> bytes.write('\f');
        case 'n' -> bytes.write('\n');
        case 'r' -> bytes.write('\r');
        case 't' -> bytes.write('\t');
        case 'v' -> bytes.write(11);
        case '\'', '"', '\\', '?' -> bytes.write(escape);
        case 'x' -> i = number(literal, text, i, end, 2, 16, 0xFF, bytes, scope);
        case 'u' -> i = number(literal, text, i, end, 4, 16, 0xFFFF, bytes, scope);
        case 'U' -> i = number(literal, text, i, end, 8, 16, Character.MAX_CODE_POINT, bytes, scope);
        case '0', '1', '2', '3', '4', '5', '6', '7' -> i = number(literal, text, i - 1, end, 3, 8, 0xFF, bytes, scope);
        default -> {
          bytes.write('\\');
          i--;
        }
      }
    }
    return bytes.toString(UTF_8);
  }

  private static int number(
      Token literal, String text, int from, int end, int digits, int radix, int max, ByteArrayOutputStream bytes, Scope scope) {
    long value = 0;
    int i = from;
    for (; i < from + digits; i++) {
      int digit = i < end ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        throw scope.error(literal, "an escape needs " + digits + " digits of base " + radix + ": \\" + text.substring(from, Math.min(end, i + 1)));
      }
      value = value * radix + digit;
    }
    if (value > max) {
      throw scope.error(literal, "escape \\" + text.substring(from, i) + " is out of range");
    }
    if (max == 0xFF) {
      bytes.write((int) value);
    } else {
      bytes.writeBytes(Character.toString((int) value).getBytes(UTF_8));
    }
    return i;
  }
}
