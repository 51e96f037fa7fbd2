package io.tidemark.stores.lake;

import io.tidemark.model.time.HybridTimestamp;

/**
 * A log snapshot does not begin where its table ends: another committer was faster, or a window is
 * missing. Nothing was committed. The committer's task fails and starts again from the table's
 * position.
 */
public final class PositionConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long position;

  PositionConflictException(String table, int shard, long from, long to, long position) {
    super(
        "log snapshot ("
            + HybridTimestamp.format(from)
            + ", "
            + HybridTimestamp.format(to)
            + "] of shard "
            + shard
            + " does not begin at the position "
            + HybridTimestamp.format(position)
            + " of table "
            + table
            + ": start again from there");
    this.position = position;
  }

  /** Of the table, hybrid. */
  public long position() {
    return position;
  }
}
