package io.tidemark.jobs.run;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.log.LogConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What time it is for rows that expire: the log's time, by which they were stamped and are read,
 * however wrong the clock of the machine that runs a job. Reads the control store at the first
 * question. Not thread-safe.
 */
public final class LogTime implements AutoCloseable {
  private final Optional<LogConfig> log;
  private @Nullable ControlStore control;

  /**
   * @param log empty if the job was not told of it: then this machine's clock is all there is,
   *     since tables may have been quiet for long
   */
  public LogTime(Optional<LogConfig> log) {
    this.log = log;
  }

  /** Milliseconds since the epoch; never later than this machine's clock says. */
  public long nowMs(LakeTable table) {
    long nowMs = System.currentTimeMillis();
    if (log.isEmpty()) {
      return nowMs;
    }
    ControlStore opened = control;
    if (opened == null) {
      opened = KafkaControlStore.open(log.get());
      control = opened;
    }
    return Math.min(nowMs, settledMs(table, opened));
  }

  /**
   * Up to when everything in the collection's log is in its table, or will never be.
   *
   * @param control refreshed; null without a log: then only the table's positions count
   */
  public static long settledMs(LakeTable table, @Nullable ControlStore control) {
    CollectionInfo info = table.info();
    long settled = Long.MAX_VALUE;
    for (int shard = 0; shard < info.shards(); shard++) {
      long global = control == null ? 0 : GlobalPositions.of(control, info, shard);
      settled = Math.min(settled, Math.max(global, table.position(shard)));
    }
    return HybridTimestamp.physicalMs(settled);
  }

  @Override
  public void close() {
    if (control != null) {
      control.close();
    }
  }
}
