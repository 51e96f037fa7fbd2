package io.tidemark.jobs.run;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogEnds;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Waits until what was acknowledged is in the tables. The job has no channel writer, so it appends
 * no flush: it waits for the windows that are open, which end by themselves. Thread-safe.
 */
public final class CommittedLog {
  private static final long LOOK_EVERY_MS = 100;

  private final LogConfig log;
  private final ControlStore control;

  public CommittedLog(LogConfig log, ControlStore control) {
    this.log = log;
    this.control = control;
  }

  /** By pchannel, up to where records were acknowledged by now. */
  public Map<Integer, Long> ends(Collection<CollectionInfo> collections) {
    Set<Integer> pchannels = new TreeSet<>();
    collections.forEach(info -> pchannels.addAll(info.pchannels()));
    return LogEnds.of(log, pchannels);
  }

  /**
   * Returns once the table has everything up to {@link #ends}; those of several collections taken
   * at once make the wait for the first the wait for all.
   *
   * @return per shard how far it is complete, perhaps beyond its own position
   * @throws TidemarkException SERVICE_NOT_READY if it takes longer than {@code patience}
   */
  public Map<Integer, Long> awaitEnds(LakeTable table, Map<Integer, Long> ends, Duration patience)
      throws InterruptedException {
    CollectionInfo info = table.info();
    Map<Integer, Long> wanted = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      wanted.put(shard, ends.getOrDefault(info.pchannels().get(shard), 0L));
    }
    return await(table, wanted, patience);
  }

  /**
   * Returns once the table has everything up to this hybrid timestamp, such as a flush's.
   *
   * @throws TidemarkException SERVICE_NOT_READY if it takes longer than {@code patience}
   */
  public void await(LakeTable table, long timestamp, Duration patience)
      throws InterruptedException {
    Map<Integer, Long> wanted = new HashMap<>();
    for (int shard = 0; shard < table.info().shards(); shard++) {
      wanted.put(shard, timestamp);
    }
    var unused = await(table, wanted, patience);
  }

  private Map<Integer, Long> await(LakeTable table, Map<Integer, Long> wanted, Duration patience)
      throws InterruptedException {
    CollectionInfo info = table.info();
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Map<Integer, Long> known = positions(info);
      table.refresh();
      for (int shard = 0; shard < info.shards(); shard++) {
        known.merge(shard, table.position(shard), Math::max);
      }
      if (wanted.entrySet().stream()
          .allMatch(shard -> known.getOrDefault(shard.getKey(), 0L) >= shard.getValue())) {
        return known;
      }
      if (System.nanoTime() > deadline) {
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "collection %s is committed up to %s by shard, what was asked for, up to %s, was not within %d s: is ingest running? Retry; a snapshot can wait longer with the option wait, or take what is committed with flush=false"
                .formatted(info.name(), known, wanted, patience.toSeconds()));
      }
      Thread.sleep(LOOK_EVERY_MS);
    }
  }

  /** Per shard the global position, as of now. */
  public Map<Integer, Long> positions(CollectionInfo info) {
    control.refresh();
    Map<Integer, Long> known = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      known.put(shard, GlobalPositions.of(control, info, shard));
    }
    return known;
  }

  /**
   * Returns once every pchannel's log is beyond these positions, so that none of its later records
   * is at or below them.
   *
   * @param positions by pchannel
   * @throws TidemarkException SERVICE_NOT_READY if it takes longer
   */
  public void awaitBeyond(Map<Integer, Long> positions, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Map<Integer, Long> ends = LogEnds.of(log, positions.keySet());
      if (positions.entrySet().stream()
          .allMatch(each -> ends.getOrDefault(each.getKey(), 0L) >= each.getValue())) {
        return;
      }
      if (System.nanoTime() > deadline) {
        long last = positions.values().stream().mapToLong(Long::longValue).max().orElse(0);
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "the backup's newest rows are of %s, this system's log has not come that far: is Tidemark running, and is its clock right?"
                .formatted(HybridTimestamp.format(last)));
      }
      Thread.sleep(LOOK_EVERY_MS);
    }
  }
}
