package io.tidemark.connectors.sink;

import io.tidemark.model.error.TidemarkException;
import java.io.Serializable;
import java.time.Duration;

/**
 * How a sink batches, retries and treats bad rows.
 *
 * @param batchRowsMax rows of one request
 * @param batchBytesMax bytes of one request, about; at most {@link #BATCH_BYTES_LIMIT}
 * @param linger how long a row waits for others to fill its batch
 * @param inFlightMax requests under way at a time, of each subtask
 * @param retryFirst pause before the first retry; doubled for each further one
 * @param retryMax the longest pause
 * @param retryTimeout how long a request is retried before the job fails
 */
public record SinkSettings(
    WriteMode writeMode,
    OnBadRow onBadRow,
    int batchRowsMax,
    int batchBytesMax,
    Duration linger,
    int inFlightMax,
    Duration retryFirst,
    Duration retryMax,
    Duration retryTimeout)
    implements Serializable {
  /** Half of what the server takes in one request. */
  public static final int BATCH_BYTES_LIMIT = 32 << 20;

  public static final int IN_FLIGHT_LIMIT = 64;

  public static final SinkSettings DEFAULT =
      new SinkSettings(
          WriteMode.UPSERT,
          OnBadRow.FAIL,
          2_000,
          4 << 20,
          Duration.ofMillis(500),
          4,
          Duration.ofMillis(100),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5));

  public SinkSettings {
    within("rows of a batch", batchRowsMax, 1_000_000);
    within("bytes of a batch", batchBytesMax, BATCH_BYTES_LIMIT);
    within("requests in flight", inFlightMax, IN_FLIGHT_LIMIT);
    positive("linger", linger);
    positive("first pause before a retry", retryFirst);
    positive("longest pause before a retry", retryMax);
    positive("timeout of retries", retryTimeout);
  }

  private static void within(String what, int value, int limit) {
    if (value < 1 || value > limit) {
      throw TidemarkException.invalid(
          "the sink's " + what + " must be within 1 and " + limit + ", but got " + value);
    }
  }

  private static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw TidemarkException.invalid(
          "the sink's " + what + " must be more than nothing, but got " + value);
    }
  }

  public SinkSettings withWriteMode(WriteMode mode) {
    return new SinkSettings(
        mode,
        onBadRow,
        batchRowsMax,
        batchBytesMax,
        linger,
        inFlightMax,
        retryFirst,
        retryMax,
        retryTimeout);
  }
}
