package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.Token;

/**
 * What a filter may cost. Checked on the text and on its tokens, before anything recurses over them.
 *
 * <ul>
 *   <li>{@link #TEXT_LENGTH_MAX} characters: a megabyte is too much; long lists go into template values;
 *   <li>{@link #NESTING_MAX} brackets and prefix operators within each other: bounds the stack;
 *   <li>{@link #OPERATORS_MAX} operators and calls: bounds the tree and the work per row;
 *   <li>{@link #LIST_SIZE_MAX} values in one list.
 * </ul>
 */
final class FilterLimits {
  static final int TEXT_LENGTH_MAX = 999_999;
  static final int NESTING_MAX = 128;
  static final int OPERATORS_MAX = 8_192;
  static final int LIST_SIZE_MAX = 500_000;

  private FilterLimits() {}

  static void checkText(String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw SyntaxErrors.invalid(
          text,
          "the filter has " + text.length() + " characters, the limit is " + TEXT_LENGTH_MAX
              + "; give long lists as template values");
    }
  }

  static void checkListSize(String text, int size) {
    if (size > LIST_SIZE_MAX) {
      throw SyntaxErrors.invalid(
          text, "a list has " + size + " values, the limit is " + LIST_SIZE_MAX + "; ask in several requests");
    }
  }

  /** Brackets are not required to match: that is for the parser to say. */
  static void checkTokens(String text, List<? extends Token> tokens) {
    Deque<Integer> prefixesOutside = new ArrayDeque<>();
    int prefixes = 0;
    int operators = 0;
    boolean afterValue = false;
    for (Token token : tokens) {
      switch (token.getType()) {
        case ExpressionLexer.LPAREN, ExpressionLexer.LBRACKET -> {
          prefixesOutside.push(prefixes);
          afterValue = false;
        }
        case ExpressionLexer.RPAREN, ExpressionLexer.RBRACKET -> {
          prefixes = prefixesOutside.isEmpty() ? 0 : prefixesOutside.pop();
          afterValue = true;
        }
        case ExpressionLexer.NOT, ExpressionLexer.BIT_NOT, ExpressionLexer.EXISTS -> {
          prefixes++;
          operators++;
          afterValue = false;
        }
        case ExpressionLexer.ADD, ExpressionLexer.SUB -> {
          prefixes = afterValue ? outer(prefixesOutside) : prefixes + 1;
          operators += afterValue ? 1 : 0;
          afterValue = false;
        }
        case ExpressionLexer.POW, ExpressionLexer.LIKE -> {
          operators++;
          afterValue = false;
        }
        case ExpressionLexer.COMMA -> {
          prefixes = outer(prefixesOutside);
          afterValue = false;
        }
        default -> {
          afterValue = !isBinary(token.getType());
          if (!afterValue) {
            prefixes = outer(prefixesOutside);
            operators++;
          }
        }
      }
      if (prefixesOutside.size() + prefixes > NESTING_MAX) {
        throw SyntaxErrors.invalid(
            text, token, "brackets and prefix operators are nested more than " + NESTING_MAX + " deep, which is the limit");
      }
      if (operators > OPERATORS_MAX) {
        throw SyntaxErrors.invalid(
            text, token, "more than " + OPERATORS_MAX + " operators, which is the limit; use 'in' with a list instead of many comparisons");
      }
    }
  }

  // All binary operators but ** and like end the reach of the prefixes before them.
  private static int outer(Deque<Integer> prefixesOutside) {
    return prefixesOutside.isEmpty() ? 0 : prefixesOutside.peek();
  }

  // Relies on the order in which the grammar lists its tokens.
  private static boolean isBinary(int type) {
    return type >= ExpressionLexer.LT && type <= ExpressionLexer.INTERVAL;
  }
}
