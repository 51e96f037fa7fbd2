package io.tidemark.jobs.coordinate.schedule;

import io.tidemark.jobs.run.JobKind;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One job by the clock.
 *
 * @param everyMs how often
 * @param at the time of day, UTC as {@code HH:MM}, from which the others are counted; null to count
 *     from the last run
 * @param collections as {@code NAME} or {@code DATABASE/NAME}; empty for one job over all
 * @param options the job's own
 */
public record Schedule(
    String name,
    JobKind kind,
    long everyMs,
    @Nullable String at,
    List<String> collections,
    Map<String, String> options,
    boolean enabled)
    implements Serializable {
  /** More often would be a loop. */
  public static final long EVERY_MS_MIN = 1_000;

  public Schedule {
    collections = List.copyOf(collections);
    options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
    if (name.isBlank() || everyMs < EVERY_MS_MIN) {
      throw new IllegalArgumentException(
          "schedule '" + name + "' every " + everyMs + " ms: the least is " + EVERY_MS_MIN);
    }
    if (at != null) {
      LocalTime.parse(at);
    }
  }

  /**
   * The first time after the last that it is due.
   *
   * @param lastMs wall clock; when it was due last, or for a new one now
   */
  public long nextMs(long lastMs) {
    if (at == null) {
      return lastMs + everyMs;
    }
    long anchor =
        LocalTime.parse(at)
            .atDate(Instant.ofEpochMilli(lastMs).atOffset(ZoneOffset.UTC).toLocalDate())
            .toInstant(ZoneOffset.UTC)
            .toEpochMilli();
    return anchor + (Math.floorDiv(lastMs - anchor, everyMs) + 1) * everyMs;
  }
}
