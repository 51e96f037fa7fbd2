package io.tidemark.serving.read.travel;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.load.LoadProgress;
import io.tidemark.serving.read.load.LoadedSegment;
import io.tidemark.serving.read.load.MemoryBudget;
import io.tidemark.serving.read.load.SegmentLoader;
import io.tidemark.serving.read.load.SegmentMemory;
import io.tidemark.serving.read.load.SegmentPlan;
import io.tidemark.serving.read.load.SegmentPlanner;
import io.tidemark.serving.read.view.CollectionRows;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes views of the past: the segments of an old snapshot, through the same loader as the present
 * ones and with their indexes where those are still registered, then the log up to the time.
 * Thread-safe.
 */
final class PastLoader {
  /** More growing rows than this are not gathered for one view. */
  private static final long LOG_BYTES_MAX = 64L << 20;

  /** Reading the log from a position takes this long at most. */
  private static final Duration LOG_PATIENCE = Duration.ofSeconds(30);

  private final Lake lake;
  private final TravelLog log;
  private final SegmentLoader loader;

  PastLoader(Lake lake, TravelLog log, SegmentLoader loader) {
    this.lake = lake;
    this.log = log;
    this.loader = loader;
  }

  /**
   * @param table that {@code moment} was found in
   * @param known segments in memory, kept open by the caller
   * @param memory has nothing yet; the view's if there is one
   * @throws TidemarkException MEMORY_LIMIT; INVALID_PARAMETER if the log has been trimmed, or holds
   *     too much; SERVICE_NOT_READY, retriable, if it could not be read in time
   */
  PastView load(
      LakeTable table,
      Moment moment,
      Map<List<String>, LoadedSegment> known,
      MemoryBudget.Share memory)
      throws InterruptedException {
    CollectionInfo info = table.info();
    List<LakeFile> files =
        moment.snapshotId() == LakeSnapshot.NONE
            ? List.of()
            : table.snapshot(moment.snapshotId()).files();
    List<SegmentIndex> indexes = lake.registry().list(info.id());
    List<SegmentPlan> plans = SegmentPlanner.plan(info, files, indexes);
    memory.take(
        "collection " + info.name() + " as of a time gone by",
        SegmentMemory.needed(info, plans, known));
    List<LoadedSegment> segments =
        loader.load(table, info, plans, known, new LoadProgress()).stream()
            .map(PastLoader::covered)
            .toList();
    long[] positions = new long[info.shards()];
    for (int shard = 0; shard < positions.length; shard++) {
      positions[shard] = moment.logAfter().getOrDefault(shard, moment.timestamp());
    }
    // A view of the past is searched too seldom for its rows to get an index.
    CollectionRows rows =
        new CollectionRows(info.schema().primaryKey().id(), positions, build -> {}, bytes -> false);
    try {
      rows.swap(
          segments.stream().map(each -> LiveSegment.of(each.rows(), each.alive())).toList(),
          List.of(),
          rows.kills(),
          positions);
      replay(table, moment, rows);
      return new PastView(rows, segments, memory, moment.timestamp());
    } catch (RuntimeException | Error | InterruptedException e) {
      rows.close();
      throw e;
    }
  }

  /**
   * Without its indexes if one of them lacks rows that are alive here: a build leaves out rows that
   * are dead by then, so one that was built later may. Rows only die, so of two moments of a
   * segment one's live rows are among the other's, and comparing their numbers is enough.
   */
  private static LoadedSegment covered(LoadedSegment loaded) {
    for (SegmentIndex index : loaded.plan().indexes()) {
      VectorIndex open = loaded.rows().segment().index(index.fieldId()).orElse(null);
      Vectors vectors = loaded.rows().segment().vectors(index.fieldId()).orElse(null);
      BitSet alive = vectors == null ? null : vectors.among(loaded.alive());
      if (open != null && alive != null && alive.cardinality() > open.size()) {
        return new LoadedSegment(
            loaded.plan(),
            loaded.rows().withIndexes(Map.of(), Map.of()),
            loaded.alive(),
            loaded.rejected(),
            loaded.indexesFailed(),
            loaded.loadedNanos());
      }
    }
    return loaded;
  }

  private void replay(LakeTable table, Moment moment, CollectionRows rows)
      throws InterruptedException {
    CollectionInfo info = table.info();
    List<Replay> replays = new ArrayList<>();
    List<Subscription> subscriptions = new ArrayList<>();
    try {
      for (Map.Entry<Integer, Long> shard : moment.logAfter().entrySet()) {
        int pchannel = info.pchannels().get(shard.getKey());
        Replay replay = new Replay(rows, moment.timestamp());
        replays.add(replay);
        subscriptions.add(
            log.subscribe(pchannel, info.id(), shard.getKey(), shard.getValue(), replay));
        log.reach(pchannel, moment.timestamp());
      }
      long deadline = System.nanoTime() + LOG_PATIENCE.toNanos();
      for (int i = 0; i < subscriptions.size(); i++) {
        await(table, moment, subscriptions.get(i), replays.get(i), deadline);
      }
    } finally {
      subscriptions.forEach(Subscription::close);
    }
  }

  private static void await(
      LakeTable table, Moment moment, Subscription subscription, Replay replay, long deadline)
      throws InterruptedException {
    boolean reached = false;
    try {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      reached = subscription.await(moment.timestamp(), left);
    } catch (TidemarkException e) {
      if (replay.failure == null) {
        throw e;
      }
    }
    Throwable failure = replay.failure;
    String what =
        "collection %s as of %d (%s)"
            .formatted(
                table.info().name(),
                moment.timestamp(),
                HybridTimestamp.format(moment.timestamp()));
    if (failure != null) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          what
              + " needs the log after its newest older snapshot, which cannot be had: "
              + failure.getMessage()
              + "; "
              + Moment.available(table),
          failure);
    }
    if (!reached) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          what + ": its log was not read within " + LOG_PATIENCE.toSeconds() + " s; retry");
    }
  }

  /** Takes in what was written up to the time. */
  private static final class Replay implements LogListener {
    private final CollectionRows rows;
    private final long until;
    private volatile @Nullable Throwable failure;

    Replay(CollectionRows rows, long until) {
      this.rows = rows;
      this.until = until;
    }

    @Override
    public void onRecord(LogRecord.Channel record) {
      if (record.timestamp() > until) {
        return;
      }
      rows.apply(record);
      if (rows.growingBytes() > LOG_BYTES_MAX) {
        throw TidemarkException.invalid(
            "it holds more than " + (LOG_BYTES_MAX >> 20) + " MB of rows");
      }
    }

    @Override
    public void onProgress(long consumedTimestamp) {
      // The subscription itself tells how far it is.
    }

    @Override
    public void onFailure(Throwable why) {
      failure = why;
    }
  }
}
