package io.tidemark.engine.filter;

import io.tidemark.model.error.TidemarkException;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/**
 * Words for what is wrong with a filter, with its place; and the listener that ends parsing at the
 * first error.
 */
final class SyntaxErrors extends BaseErrorListener {
  private static final int SHOWN_MAX = 256;

  private final String text;

  SyntaxErrors(String text) {
    this.text = text;
  }

  @Override
  public void syntaxError(
      Recognizer<?, ?> recognizer,
      @Nullable Object offendingSymbol,
      int line,
      int charPositionInLine,
      String message,
      @Nullable RecognitionException cause) {
    if (!(offendingSymbol instanceof Token token)) {
      throw invalid(text, "line " + line + ":" + charPositionInLine + " " + message);
    }
    throw unexpected(token, message);
  }

  /** 1100: this token does not belong there; for the usual slips, what should. */
  TidemarkException unexpected(Token token, String message) {
    if (token.getType() == Token.EOF) {
      return invalid(text, token, "the filter ends where more is expected: " + shortened(message));
    }
    String seen = token.getText();
    if (seen.equals("'") || seen.equals("\"")) {
      return invalid(text, token, "a string opened with " + seen + " is not closed");
    }
    if (seen.equals("=")) {
      return invalid(text, token, "unexpected '=', equality is written '=='");
    }
    return invalid(text, token, "unexpected '" + shortened(seen) + "': " + shortened(message));
  }

  /** 1100: the filter and what is wrong with it. */
  static TidemarkException invalid(String text, String reason) {
    return TidemarkException.invalid(
        "failed to create query plan: cannot parse expression: "
            + shortened(text)
            + ", error: "
            + reason);
  }

  static TidemarkException invalid(String text, Token at, String reason) {
    return invalid(text, "line " + at.getLine() + ":" + at.getCharPositionInLine() + " " + reason);
  }

  static String shortened(String text) {
    return text.length() <= SHOWN_MAX
        ? text
        : text.substring(0, SHOWN_MAX) + "… (" + text.length() + " characters)";
  }
}
