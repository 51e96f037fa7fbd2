package io.tidemark.jobs.expire;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.io.Serializable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a run of expiry is to do.
 *
 * @param steps that run; the others do nothing
 * @param snapshotAge how old a snapshot must be; null for each table's own property
 * @param snapshotsMin newest ones that stay however old; null for each table's own property
 * @param grace how old a file or a registry row must be that nothing names
 * @param logKeep how much of the log stays behind what could be trimmed
 * @param parallelism collections that are worked on side by side
 */
public record ExpireOptions(
    Set<ExpireStep> steps,
    @Nullable Duration snapshotAge,
    @Nullable Integer snapshotsMin,
    Duration grace,
    Duration logKeep,
    int parallelism)
    implements Serializable {
  public static final ExpireOptions DEFAULTS =
      new ExpireOptions(
          EnumSet.allOf(ExpireStep.class),
          null,
          null,
          Duration.ofHours(24),
          Duration.ofHours(1),
          1);

  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

  public ExpireOptions {
    steps = Set.copyOf(steps);
    if (parallelism < 1 || (snapshotsMin != null && snapshotsMin < 1)) {
      throw TidemarkException.invalid(
          "expire: parallelism "
              + parallelism
              + ", snapshots-min "
              + snapshotsMin
              + ": each must be at least 1");
    }
  }

  /**
   * The defaults, but for what is given; see {@link ExpireJob#run}.
   *
   * @throws TidemarkException INVALID_PARAMETER for an option that there is not, or a bad value
   */
  public static ExpireOptions of(Map<String, String> options) {
    Set<ExpireStep> steps = EnumSet.allOf(ExpireStep.class);
    for (String name : options.keySet()) {
      Optional<ExpireStep> step = ExpireStep.ofOption(name);
      if (step.isPresent()) {
        if (!isOn(name, options.getOrDefault(name, ""))) {
          steps.remove(step.get());
        }
      } else {
        checkKnown(name);
      }
    }
    Duration grace = duration(options, "grace").orElse(DEFAULTS.grace);
    if (grace.compareTo(PendingTime.GRACE_MIN) < 0) {
      throw TidemarkException.invalid(
          "expire: grace "
              + options.get("grace")
              + " is shorter than "
              + PendingTime.GRACE_MIN.toHours()
              + "h, for which a writer may hold files that no commit names yet");
    }
    return new ExpireOptions(
        steps,
        duration(options, "snapshot-age").orElse(null),
        number(options, "snapshots-min").orElse(null),
        grace,
        duration(options, "log-keep").orElse(DEFAULTS.logKeep),
        number(options, "parallelism").orElse(DEFAULTS.parallelism));
  }

  private static void checkKnown(String name) {
    switch (name) {
      case "snapshot-age", "snapshots-min", "grace", "log-keep", "parallelism" -> {
        // Read by the caller.
      }
      default ->
          throw TidemarkException.invalid(
              "expire has no option '"
                  + name
                  + "'; there are snapshot-age, snapshots-min, grace, log-keep, parallelism, and "
                  + String.join(", ", ExpireStep.options()));
    }
  }

  private static boolean isOn(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw TidemarkException.invalid(
              "expire: " + name + " is '" + value + "', expected true or false");
    };
  }

  private static Optional<Integer> number(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(value));
    } catch (NumberFormatException e) {
      throw TidemarkException.invalid(
          "expire: " + name + " is '" + value + "', expected a whole number");
    }
  }

  /** {@code 90s}, {@code 15m}, {@code 24h}, {@code 7d}, or as {@link Duration#parse} takes it. */
  private static Optional<Duration> duration(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      return Optional.empty();
    }
    Matcher matcher = DURATION.matcher(value.trim());
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      return Optional.of(
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          });
    }
    try {
      return Optional.of(Duration.parse(value.trim()));
    } catch (DateTimeParseException e) {
      throw TidemarkException.invalid(
          "expire: " + name + " is '" + value + "', expected a duration such as 90s, 15m, 24h, 7d");
    }
  }

  boolean has(ExpireStep step) {
    return steps.contains(step);
  }
}
