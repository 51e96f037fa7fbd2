package io.tidemark.serving.wire;

import io.tidemark.model.error.TidemarkException;
import org.jspecify.annotations.Nullable;

/** Parameter values as clients write them: Python's {@code str()} among others. */
final class Params {
  private static final long NUMBER_MAX = 1L << 53;

  private Params() {}

  /** {@code True} and {@code true} alike. */
  static boolean flag(@Nullable String text) {
    return text != null && text.trim().equalsIgnoreCase("true");
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
