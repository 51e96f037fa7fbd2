package io.tidemark.connectors.sink;

import io.tidemark.connectors.row.BadRowException;
import io.tidemark.connectors.row.RowChange;
import io.tidemark.connectors.row.RowDataReader;
import io.tidemark.model.collection.ShardHash;
import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/**
 * Spreads changes over {@link Lane}s: all changes of a key go to one lane, in order, and a lane's
 * keys are all of one shard, so that a request is one record of one channel. A flush returns when
 * the server has acknowledged everything, so that nothing is under way when a checkpoint completes
 * and no state has to be kept.
 */
final class TidemarkWriter implements SinkWriter<RowData> {
  private final RowDataReader reader;
  private final Writes writes;
  private final TaskThread thread;
  private final SinkSettings settings;
  private final BadRows badRows;
  private final int shards;
  private final Lane[] lanes;
  private int next;
  private boolean timerSet;

  TidemarkWriter(
      RowDataReader reader,
      int shards,
      SinkSettings settings,
      Writes writes,
      TaskThread thread,
      SinkFigures figures) {
    this.reader = reader;
    this.shards = shards;
    this.settings = settings;
    this.writes = writes;
    this.thread = thread;
    this.badRows = new BadRows(settings.onBadRow(), figures.skipped());
    this.lanes = new Lane[settings.inFlightMax()];
    Arrays.setAll(lanes, i -> new Lane(settings, writes, thread, badRows, figures));
  }

  @Override
  public void write(RowData row, @Nullable Context context) throws InterruptedException {
    RowChange change;
    try {
      change = reader.read(row);
    } catch (BadRowException e) {
      badRows.refused(e);
      return;
    }
    if (change == null) {
      return;
    }
    if (change.deletion() && settings.writeMode() == WriteMode.INSERT) {
      throw TidemarkException.invalid(
          "the deletion of "
              + RowDataReader.nameOf(change.key())
              + " came to a sink that only inserts: set 'sink.write-mode'='upsert'");
    }
    lanes[laneOf(change.key())].add(change);
    if (!timerSet) {
      timerSet = true;
      thread.after(settings.linger(), this::linger);
    }
  }

  private int laneOf(@Nullable Object key) {
    if (key == null) {
      next = (next + 1) % lanes.length;
      return next;
    }
    int shard = ShardHash.shardOf(key, shards);
    int perShard = lanes.length / shards;
    // Other bits than the shard's, so that each of a shard's lanes gets keys.
    int spread = (key.hashCode() * 0x9E3779B9) >>> 8;
    return perShard == 0 ? shard % lanes.length : shard * perShard + spread % perShard;
  }

  private void linger() {
    timerSet = false;
    boolean waiting = false;
    for (Lane lane : lanes) {
      lane.sendIfDue();
      waiting |= !lane.isDone();
    }
    if (waiting) {
      timerSet = true;
      thread.after(settings.linger(), this::linger);
    }
  }

  @Override
  public void flush(boolean endOfInput) throws InterruptedException {
    while (true) {
      boolean done = true;
      for (Lane lane : lanes) {
        lane.sendIfIdle();
        done &= lane.isDone();
      }
      if (done) {
        return;
      }
      thread.awaitAction();
    }
  }

  @Override
  public void close() {
    writes.close();
  }
}
