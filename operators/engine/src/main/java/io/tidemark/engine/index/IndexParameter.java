package io.tidemark.engine.index;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of an index family: what it is called on the wire, what it may be, what it is if not
 * given, and what it means. Checks of requests, reads of values and the table of the docs all come
 * from it. Names, ranges and the words of refusals are Milvus's. Immutable.
 */
public sealed interface IndexParameter {
  String name();

  /** The type and range in words, for the docs. */
  String range();

  /** The default in words, for the docs. */
  String byDefault();

  /** What it means, for the docs. */
  String about();

  /**
   * @throws TidemarkException 1100 if it is given and may not be so
   */
  void check(Map<String, String> given);

  /**
   * A whole number.
   *
   * @param fallback if not given
   * @param byDefault in words
   * @param atLeastK whether a search's must not be below the hits that it wants
   */
  record Whole(
      String name, int min, int max, int fallback, String byDefault, boolean atLeastK, String about)
      implements IndexParameter {
    /** With a default that depends on nothing. */
    public static Whole of(String name, int min, int max, int fallback, String about) {
      return new Whole(name, min, max, fallback, Integer.toString(fallback), false, about);
    }

    /** With a default that the family works out, told by 0. */
    public static Whole derived(String name, int min, int max, String byDefault, String about) {
      return new Whole(name, min, max, 0, byDefault, false, about);
    }

    /** The same, of a search, never below k. */
    public Whole notBelowK() {
      return new Whole(name, min, max, fallback, byDefault, true, about);
    }

    /**
     * The value given, or the default.
     *
     * @throws TidemarkException 1100 if it may not be so
     */
    public int in(Map<String, String> given) {
      String text = given.get(name);
      if (text == null) {
        return fallback;
      }
      long value;
      try {
        value = Long.parseLong(text.trim());
      } catch (NumberFormatException e) {
        throw conflict(name, text, "integer", e);
      }
      if (value < min || value > max) {
        throw outOfRange(name, text, range());
      }
      return (int) value;
    }

    @Override
    public void check(Map<String, String> given) {
      in(given);
    }

    @Override
    public String range() {
      return "[" + min + ", " + max + "]";
    }
  }

  /** A number from {@code min} to {@code max}, which may be as large as a float. */
  record Decimal(String name, float min, float max, float fallback, String about)
      implements IndexParameter {
    /**
     * The value given, or the default.
     *
     * @throws TidemarkException 1100 if it may not be so
     */
    public float in(Map<String, String> given) {
      String text = given.get(name);
      if (text == null) {
        return fallback;
      }
      float value;
      try {
        value = Float.parseFloat(text.trim());
      } catch (NumberFormatException e) {
        throw conflict(name, text, "a number", e);
      }
      if (!(value >= min && value <= max)) {
        throw outOfRange(name, text, range());
      }
      return value;
    }

    @Override
    public void check(Map<String, String> given) {
      in(given);
    }

    @Override
    public String range() {
      return "[" + min + ", " + max + "]";
    }

    @Override
    public String byDefault() {
      return Float.toString(fallback);
    }
  }

  /** Yes or no. */
  record Flag(String name, boolean fallback, String about) implements IndexParameter {
    /**
     * The value given, or the default.
     *
     * @throws TidemarkException 1100 if it is neither true nor false
     */
    public boolean in(Map<String, String> given) {
      String text = given.get(name);
      if (text == null) {
        return fallback;
      }
      return switch (text.trim().toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw conflict(name, text, "a boolean", null);
      };
    }

    @Override
    public void check(Map<String, String> given) {
      in(given);
    }

    @Override
    public String range() {
      return "true, false";
    }

    @Override
    public String byDefault() {
      return Boolean.toString(fallback);
    }
  }

  /**
   * One of some names, in any case.
   *
   * @param kind what it names, as refusals say it
   */
  record Choice(String name, String kind, List<String> choices, String fallback, String about)
      implements IndexParameter {
    public Choice {
      choices = List.copyOf(choices);
    }

    /**
     * The value given, or the default, as {@code choices} spells it.
     *
     * @throws TidemarkException 1100 if it is none of them
     */
    public String in(Map<String, String> given) {
      String text = given.getOrDefault(name, fallback).trim();
      return choices.stream()
          .filter(choice -> choice.equalsIgnoreCase(text))
          .findFirst()
          .orElseThrow(() ->
              TidemarkException.invalid(
                  "invalid " + kind + " : " + text + ", optional types are " + choices));
    }

    @Override
    public void check(Map<String, String> given) {
      in(given);
    }

    @Override
    public String range() {
      return String.join(", ", choices);
    }

    @Override
    public String byDefault() {
      return fallback;
    }
  }

  private static TidemarkException outOfRange(String name, String text, String range) {
    return TidemarkException.invalid(
        "Out of range in json: param '"
            + name
            + "' ("
            + text.trim()
            + ") should be in range "
            + range);
  }

  private static TidemarkException conflict(
      String name, String text, String wanted, @Nullable NumberFormatException cause) {
    String message =
        "Type conflict in json: param '" + name + "' (" + text + ") should be " + wanted;
    return cause == null
        ? TidemarkException.invalid(message)
        : new TidemarkException(ErrorCode.INVALID_PARAMETER, message, cause);
  }
}
