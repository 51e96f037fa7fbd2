package io.tidemark.engine.filter;

import io.tidemark.model.error.TidemarkException;
import java.util.List;
import org.antlr.v4.runtime.Token;

/**
 * What a filter may cost. Checked on the text and on its tokens, before anything recurses over
 * them.
 *
 * <ul>
 *   <li>{@link #TEXT_LENGTH_MAX} characters: a megabyte is too much; long lists go into template
 *       values;
 *   <li>{@link #NESTING_MAX} brackets and operators within each other: bounds the stack;
 *   <li>{@link #OPERATORS_MAX} operators and calls: bounds the tree and the work per row;
 *   <li>{@link #LIST_SIZE_MAX} values in one list, {@link #LISTED_MAX} in all, a template's counted
 *       as often as it is used: bounds the memory;
 *   <li>{@link #LISTS_MAX} lists in a list: they have no order, so those made to collide would be
 *       compared with each other.
 * </ul>
 */
final class FilterLimits {
  static final int TEXT_LENGTH_MAX = 999_999;
  static final int NESTING_MAX = 256;
  static final int OPERATORS_MAX = 8_192;
  static final int LIST_SIZE_MAX = 500_000;
  static final int LISTED_MAX = 2_000_000;
  static final int LISTS_MAX = 1_000;

  private FilterLimits() {}

  static void checkText(String text) {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw SyntaxErrors.invalid(
          text,
          "the filter has "
              + text.length()
              + " characters, the limit is "
              + TEXT_LENGTH_MAX
              + "; give long lists as template values");
    }
  }

  /**
   * @param listed values of this list and those before it
   */
  static void checkList(String text, List<?> values, long listed) {
    if (values.size() > LIST_SIZE_MAX) {
      throw tooMany(text, "a list has " + values.size() + " values", LIST_SIZE_MAX);
    }
    if (listed > LISTED_MAX) {
      String all = " values together, each use of a template counted";
      throw tooMany(text, "the lists have " + listed + all, LISTED_MAX);
    }
    long lists = values.stream().filter(List.class::isInstance).count();
    if (lists > LISTS_MAX) {
      throw tooMany(text, "a list has " + lists + " lists in it", LISTS_MAX);
    }
  }

  private static TidemarkException tooMany(String text, String what, int most) {
    return SyntaxErrors.invalid(
        text, what + ", the limit is " + most + "; ask in several requests");
  }

  static void checkTokens(String text, List<? extends Token> tokens) {
    NestingMeter nesting = new NestingMeter();
    int operators = 0;
    for (Token token : tokens) {
      operators += nesting.accept(token.getType()) ? 1 : 0;
      if (nesting.depth() > NESTING_MAX) {
        throw SyntaxErrors.invalid(
            text,
            token,
            "brackets and operators are nested more than "
                + NESTING_MAX
                + " deep, which is the limit");
      }
      if (operators > OPERATORS_MAX) {
        throw SyntaxErrors.invalid(
            text,
            token,
            "more than "
                + OPERATORS_MAX
                + " operators, which is the limit; use 'in' with a list instead of many comparisons");
      }
    }
  }
}
