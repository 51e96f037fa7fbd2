package io.tidemark.engine.compaction;

/**
 * When a rewrite pays.
 *
 * @param segmentBytes a segment of this size is full
 * @param segmentRows one with so many rows is too
 * @param filesMin so many small units of about the same size are merged; a unit of so many files is
 *     rewritten
 * @param deadShare a unit is rewritten if at least this share of its rows is deleted or expired,
 *     above 0 to 1
 * @param quietMs what was committed more recently is left alone
 */
public record CompactionLimits(
    long segmentBytes, long segmentRows, int filesMin, double deadShare, long quietMs) {
  public static final CompactionLimits DEFAULTS =
      new CompactionLimits(64L << 20, 100_000, 8, 0.2, 30_000);

  public CompactionLimits {
    if (segmentBytes < 1 || segmentRows < 1 || filesMin < 2 || quietMs < 0) {
      throw new IllegalArgumentException(
          "compaction to segments of "
              + segmentBytes
              + " bytes or "
              + segmentRows
              + " rows from "
              + filesMin
              + " files on, quiet for "
              + quietMs
              + " ms: expected 1, 1, 2 and 0 at least");
    }
    if (!(deadShare > 0 && deadShare <= 1)) {
      throw new IllegalArgumentException(
          "compaction of units whose share of dead rows is "
              + deadShare
              + ", expected above 0, up to 1");
    }
  }
}
