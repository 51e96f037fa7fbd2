package io.tidemark.jobs.expire;

import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.io.Serializable;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    OptionValues values = new OptionValues("expire", options);
    Set<ExpireStep> steps = EnumSet.allOf(ExpireStep.class);
    for (String name : options.keySet()) {
      Optional<ExpireStep> step = ExpireStep.ofOption(name);
      if (step.isEmpty()) {
        checkKnown(name);
      } else if (!values.flag(name, true)) {
        steps.remove(step.get());
      }
    }
    Duration grace = values.duration("grace", Duration.ZERO).orElse(DEFAULTS.grace);
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
        values.duration("snapshot-age", Duration.ZERO).orElse(null),
        options.containsKey("snapshots-min")
            ? values.number("snapshots-min", 1, 1, Integer.MAX_VALUE)
            : null,
        grace,
        values.duration("log-keep", Duration.ZERO).orElse(DEFAULTS.logKeep),
        values.parallelism());
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

  boolean has(ExpireStep step) {
    return steps.contains(step);
  }
}
