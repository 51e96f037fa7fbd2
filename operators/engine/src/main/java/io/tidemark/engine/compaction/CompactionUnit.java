package io.tidemark.engine.compaction;

/**
 * What is rewritten as a whole or not at all: an indexed segment, or a data file that is in none.
 *
 * @param number the caller's own, unique
 * @param partition of its rows; empty if they are of several
 * @param shard of its rows, -1 if it is not known or they are of several
 * @param files it consists of
 * @param rows in them, deleted ones included
 * @param bytes of them
 * @param deadRows about how many of the rows deletes by position hit
 * @param expiredRows about how many of the rows are past their time to live
 * @param newestMs when its newest file was committed, in ms since the epoch
 */
public record CompactionUnit(
    int number,
    String partition,
    int shard,
    int files,
    long rows,
    long bytes,
    long deadRows,
    long expiredRows,
    long newestMs) {
  public CompactionUnit {
    if (files < 1 || rows < 0 || bytes < 0 || deadRows < 0 || expiredRows < 0) {
      throw new IllegalArgumentException(
          "a unit of "
              + files
              + " files, "
              + rows
              + " rows, "
              + bytes
              + " bytes, "
              + deadRows
              + " dead, "
              + expiredRows
              + " expired");
    }
  }

  /** The share of its rows that a rewrite leaves out, 0 to 1. */
  double deadShare() {
    return rows == 0 ? 1 : Math.min(1, (double) (deadRows + expiredRows) / rows);
  }

  /** How large it is beside a full segment once it is rewritten: 1 is full. */
  double fullness(CompactionLimits limits) {
    double live = 1 - deadShare();
    return Math.max(
        bytes * live / limits.segmentBytes(), (double) rows * live / limits.segmentRows());
  }

  /** The same with its dead rows. */
  double size(CompactionLimits limits) {
    return Math.max((double) bytes / limits.segmentBytes(), (double) rows / limits.segmentRows());
  }
}
