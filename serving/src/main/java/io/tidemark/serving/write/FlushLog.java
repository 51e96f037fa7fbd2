package io.tidemark.serving.write;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.log.LogRecord;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeTable;
import java.time.Duration;

/**
 * Asks that what was written so far is committed to the lake, and tells whether it is. Thread-safe.
 */
public final class FlushLog {
  private final ShardLog log;
  private final Lake lake;
  private final ControlStore control;

  public FlushLog(ShardLog log, Lake lake, ControlStore control) {
    this.log = log;
    this.lake = lake;
    this.control = control;
  }

  /**
   * @return the flush's timestamp: every write acknowledged before the call is below it, and every
   *     shard's table is at least that far once its flush is done
   */
  public long flush(CollectionInfo info, Duration timeout) {
    long flushed =
        log.broadcast(
            info, (timestamp, shard) -> new LogRecord.Flush(timestamp, info.id(), shard), timeout);
    control.put(ControlKeys.FLUSH + info.id(), Long.toString(flushed));
    return flushed;
  }

  /**
   * Whether every record of the collection up to {@code timestamp} is committed: by its table's
   * positions, or, for a shard that had nothing to commit, by the global position.
   */
  public boolean flushed(CollectionInfo info, long timestamp) {
    LakeTable table = lake.table(info);
    for (int shard = 0; shard < info.shards(); shard++) {
      if (table.position(shard) < timestamp
          && GlobalPositions.of(control, info, shard) < timestamp) {
        return false;
      }
    }
    return true;
  }
}
