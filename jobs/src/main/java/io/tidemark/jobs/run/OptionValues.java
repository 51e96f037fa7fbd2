package io.tidemark.jobs.run;

import io.tidemark.model.error.TidemarkException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the values of a job's options, the same for all jobs: what is out of its range is refused
 * with the job, the option, the value and what is allowed. Immutable.
 */
public final class OptionValues {
  /** Tasks side by side, and threads of each: more is a slip of the finger. */
  private static final int PARALLELISM_MAX = 1_024;

  /** A hundred years: sums of two of them and of a clock never overflow. */
  private static final Duration DURATION_MAX = Duration.ofDays(36_500);

  private static final Pattern DURATION = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");

  private final String job;
  private final Map<String, String> given;

  /**
   * @param job what messages begin with
   * @param given by name; what is not asked for is not looked at
   */
  public OptionValues(String job, Map<String, String> given) {
    this.job = job;
    this.given = Map.copyOf(given);
  }

  /** As it was given; a value of nothing but white space is refused. */
  public Optional<String> text(String name, String allowed) {
    String value = given.get(name);
    if (value != null && value.isBlank()) {
      throw wrong(name, allowed);
    }
    return Optional.ofNullable(value);
  }

  public int number(String name, int otherwise, int min, int max) {
    return (int) number(name, (long) otherwise, min, max);
  }

  public long number(String name, long otherwise, long min, long max) {
    String value = given.get(name);
    if (value == null) {
      return otherwise;
    }
    String allowed = "a whole number from " + min + " to " + max;
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw wrong(name, allowed);
    }
    if (number < min || number > max) {
      throw wrong(name, allowed);
    }
    return number;
  }

  /** The option {@code parallelism}, one if it is not given. */
  public int parallelism() {
    return number("parallelism", 1, 1, PARALLELISM_MAX);
  }

  /** The option {@code threads}, all cores if it is not given. */
  public int threads() {
    return number("threads", Runtime.getRuntime().availableProcessors(), 1, PARALLELISM_MAX);
  }

  /** A number from 0 to 1. */
  public Optional<Double> share(String name, boolean zero) {
    String value = given.get(name);
    if (value == null) {
      return Optional.empty();
    }
    double share = Double.NaN;
    try {
      share = Double.parseDouble(value);
    } catch (NumberFormatException e) {
      // Said below, as for what is out of range.
    }
    if (!(share <= 1 && (zero ? share >= 0 : share > 0))) {
      throw wrong(name, zero ? "a number from 0 to 1" : "a number above 0, up to 1");
    }
    return Optional.of(share);
  }

  public boolean flag(String name, boolean otherwise) {
    String value = given.get(name);
    if (value == null) {
      return otherwise;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, "true or false");
    };
  }

  /** {@code 90s}, {@code 15m}, {@code 24h}, {@code 7d}, or as {@link Duration#parse} takes it. */
  public Optional<Duration> duration(String name, Duration min) {
    String value = given.get(name);
    if (value == null) {
      return Optional.empty();
    }
    String allowed =
        "a duration such as 90s, 15m, 24h or 7d, from "
            + min.toSeconds()
            + "s to "
            + DURATION_MAX.toDays()
            + "d";
    Duration duration;
    try {
      duration = parse(value.trim());
    } catch (DateTimeException | ArithmeticException e) {
      throw wrong(name, allowed);
    }
    if (duration.compareTo(min) < 0 || duration.compareTo(DURATION_MAX) > 0) {
      throw wrong(name, allowed);
    }
    return Optional.of(duration);
  }

  private static Duration parse(String value) {
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      return Duration.parse(value);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /** The refusal of an option's value. */
  public TidemarkException wrong(String name, String allowed) {
    return TidemarkException.invalid(
        job + ": " + name + " is '" + given.get(name) + "', expected " + allowed);
  }
}
