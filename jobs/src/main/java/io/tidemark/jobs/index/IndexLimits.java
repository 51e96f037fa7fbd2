package io.tidemark.jobs.index;

import io.tidemark.jobs.run.OptionValues;
import java.io.Serializable;
import java.time.Duration;

/**
 * When unindexed files become a segment of their own.
 *
 * @param segmentBytesMax as soon as they have this many bytes
 * @param segmentRowsMax or this many rows, deleted ones included
 * @param idle or have not grown for this long
 * @param rowsMin under this many rows there is no index: a scan is as fast
 */
public record IndexLimits(long segmentBytesMax, long segmentRowsMax, Duration idle, long rowsMin)
    implements Serializable {
  public static final IndexLimits DEFAULTS =
      new IndexLimits(64L << 20, 100_000, Duration.ofSeconds(30), 1024);

  private static final long BYTES_MAX = 1L << 40;
  private static final long IDLE_SECONDS_MAX = Duration.ofDays(3_650).toSeconds();

  public IndexLimits {
    if (segmentBytesMax < 1 || segmentRowsMax < 1 || rowsMin < 1) {
      throw new IllegalArgumentException(
          "segments of "
              + segmentBytesMax
              + " bytes, "
              + segmentRowsMax
              + " rows, indexed from "
              + rowsMin
              + " rows: each must be at least 1");
    }
  }

  /**
   * The defaults, but for what is given as {@code segment-bytes}, {@code segment-rows}, {@code
   * segment-idle-seconds} or {@code index-rows-min}.
   *
   * @throws io.tidemark.model.error.TidemarkException INVALID_PARAMETER for a bad value
   */
  public static IndexLimits of(OptionValues options) {
    return new IndexLimits(
        options.number("segment-bytes", DEFAULTS.segmentBytesMax, 1, BYTES_MAX),
        options.number("segment-rows", DEFAULTS.segmentRowsMax, 1, Integer.MAX_VALUE),
        Duration.ofSeconds(
            options.number("segment-idle-seconds", DEFAULTS.idle.toSeconds(), 0, IDLE_SECONDS_MAX)),
        options.number("index-rows-min", DEFAULTS.rowsMin, 1, Integer.MAX_VALUE));
  }
}
