package io.tidemark.serving.wire;

import io.tidemark.model.error.TidemarkException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parameter values as clients write them: Python's {@code str()} among others. */
final class Params {
  private static final long NUMBER_MAX = 1L << 53;

  private Params() {}

  /**
   * As Go and Python write them: {@code true}, {@code True}, {@code t} and {@code 1} alike.
   *
   * @param text null for false
   * @throws TidemarkException 1100
   */
  static boolean flag(String key, @Nullable String text) {
    if (text == null) {
      return false;
    }
    return switch (text.trim().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default ->
          throw TidemarkException.invalid(
              key + " [" + text + "] is invalid, expected true or false");
    };
  }

  /** An integer, small enough that sums of a few can't overflow. */
  static long number(String key, String text) {
    long value;
    try {
      value = Long.parseLong(text.trim());
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(key + " [" + text + "] is invalid, expected an integer");
    }
    if (Math.abs(value) > NUMBER_MAX || value == Long.MIN_VALUE) {
      throw TidemarkException.invalid(key + " [" + text + "] is invalid, it is out of every range");
    }
    return value;
  }
}
