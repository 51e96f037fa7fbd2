package io.tidemark.jobs.index;

import java.time.Duration;

/**
 * When unindexed files become a segment of their own.
 *
 * @param segmentBytesMax as soon as they have this many bytes
 * @param segmentRowsMax or this many rows, deleted ones included
 * @param idle or have not grown for this long
 * @param rowsMin under this many rows there is no index: a scan is as fast
 */
public record IndexLimits(long segmentBytesMax, long segmentRowsMax, Duration idle, long rowsMin) {
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
}
