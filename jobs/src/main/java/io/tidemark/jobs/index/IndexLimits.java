package io.tidemark.jobs.index;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

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
   */
  public static IndexLimits of(Map<String, String> options) {
    return new IndexLimits(
        number(options, "segment-bytes", DEFAULTS.segmentBytesMax),
        number(options, "segment-rows", DEFAULTS.segmentRowsMax),
        Duration.ofSeconds(number(options, "segment-idle-seconds", DEFAULTS.idle.toSeconds())),
        number(options, "index-rows-min", DEFAULTS.rowsMin));
  }

  private static long number(Map<String, String> options, String name, long otherwise) {
    String text = options.get(name);
    return text == null ? otherwise : Long.parseLong(text);
  }
}
