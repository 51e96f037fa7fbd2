package io.tidemark.engine.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.antlr.v4.runtime.Token;

/**
 * Decodes one string literal. A backslash starts: one of {@code a b f n r t v}, a quote, {@code ?}
 * or a backslash; three octal digits or {@code x} and two hexadecimal ones, which are a byte of
 * UTF-8; {@code u} and four (a surrogate pair is one character) or {@code U} and eight, which are a
 * character. Before anything else it stays, so that a pattern may escape its wildcards with a
 * single one.
 */
final class StringLiteral {
  private final Token literal;
  private final Scope scope;
  private final String text;
  private final int end;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int position = 1;

  StringLiteral(Token literal, Scope scope) {
    this.literal = literal;
    this.scope = scope;
    this.text = literal.getText();
    this.end = text.length() - 1;
  }

  String decode() {
    if (text.indexOf('\\') < 0) {
      return text.substring(1, end);
    }
    while (position < end) {
      int codePoint = text.codePointAt(position);
      position += Character.charCount(codePoint);
      if (codePoint == '\\') {
        escape(text.charAt(position++));
      } else {
        put(codePoint);
      }
    }
    return bytes.toString(UTF_8);
  }

  private void escape(char kind) {
    switch (kind) {
      case 'a' -> bytes.write(7);
      case 'b' -> bytes.write('\b');
      case 'f' -> bytes.write('\f');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case 't' -> bytes.write('\t');
      case 'v' -> bytes.write(11);
      case '\'', '"', '\\', '?' -> bytes.write(kind);
      case 'x' -> bytes.write(number(2, 16, 0xFF));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        position--;
        bytes.write(number(3, 8, 0xFF));
      }
      case 'u' -> utf16();
      case 'U' -> put(number(8, 16, Character.MAX_CODE_POINT));
      default -> {
        bytes.write('\\');
        position--;
      }
    }
  }

  private void utf16() {
    int unit = number(4, 16, 0xFFFF);
    if (Character.isHighSurrogate((char) unit) && text.startsWith("\\u", position)) {
      position += 2;
      int second = number(4, 16, 0xFFFF);
      if (Character.isLowSurrogate((char) second)) {
        put(Character.toCodePoint((char) unit, (char) second));
        return;
      }
    }
    if (unit >= Character.MIN_SURROGATE && unit <= Character.MAX_SURROGATE) {
      throw scope.error(
          literal, "escape u" + Integer.toHexString(unit) + " is half of a surrogate pair");
    }
    put(unit);
  }

  private void put(int codePoint) {
    bytes.writeBytes(Character.toString(codePoint).getBytes(UTF_8));
  }

  private int number(int digits, int radix, int max) {
    long value = 0;
    int from = position;
    for (; position < from + digits; position++) {
      int digit = position < end ? Character.digit(text.charAt(position), radix) : -1;
      if (digit < 0) {
        throw scope.error(
            literal, "an escape has too few digits, expected " + digits + " of base " + radix);
      }
      value = value * radix + digit;
    }
    if (value > max) {
      throw scope.error(
          literal,
          "escape "
              + text.substring(from, position)
              + " is out of range, the most is "
              + Integer.toString(max, radix));
    }
    return (int) value;
  }
}
