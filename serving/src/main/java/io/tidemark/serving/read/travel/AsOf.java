package io.tidemark.serving.read.travel;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * What a read is to be as of.
 *
 * <pre>
 * as_of = before-the-import            a snapshot's name
 *       | 461373440000000000           a hybrid timestamp, in decimal
 *       | 2026-05-04T12:00:00Z         an instant, ISO 8601, with its offset
 * </pre>
 */
public sealed interface AsOf {
  /** A tagged snapshot, exactly. */
  record Name(String name) implements AsOf {}

  /** Everything written up to then, that included. */
  record Time(long timestamp) implements AsOf {}

  /**
   * @throws TidemarkException INVALID_PARAMETER
   */
  static AsOf parse(String text) {
    String value = text.trim();
    if (value.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      return new Name(value);
    }
    if (value.matches("\\d{1,19}")) {
      try {
        return new Time(Long.parseLong(value));
      } catch (NumberFormatException e) {
        throw invalid(text);
      }
    }
    try {
      return new Time(hybrid(OffsetDateTime.parse(value).toInstant()));
    } catch (DateTimeException | ArithmeticException e) {
      throw invalid(text);
    }
  }

  private static long hybrid(Instant instant) {
    long ms = instant.toEpochMilli();
    if (ms < 0 || ms > HybridTimestamp.physicalMs(Long.MAX_VALUE)) {
      throw new DateTimeException("no hybrid timestamp is of " + instant);
    }
    return HybridTimestamp.ofMillis(ms);
  }

  private static TidemarkException invalid(String text) {
    return TidemarkException.invalid(
        "as_of ["
            + text
            + "] is invalid, expected a snapshot's name, a hybrid timestamp in decimal, or an"
            + " instant such as 2026-05-04T12:00:00Z");
  }
}
