package io.tidemark.serving.read;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.serving.read.load.LoadProgress;
import io.tidemark.serving.read.load.LoadedSegment;
import io.tidemark.serving.read.load.MemoryBudget;
import io.tidemark.serving.read.load.SegmentLoader;
import io.tidemark.serving.read.load.SegmentMemory;
import io.tidemark.serving.read.load.SegmentPlan;
import io.tidemark.serving.read.load.SegmentPlanner;
import io.tidemark.serving.read.view.CollectionRows;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.RowSegment;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a collection's rows up to date with its table, its indexes and what is wanted of it. The
 * first load, a poll and the recovery of a failed subscription are all the one step of {@link
 * #run}: read the pchannels' global positions, then the table's snapshot, then subscribe after the
 * later of both, then load the segments, then publish. Positions are read before the snapshot: the
 * global position says that records up to it are committed, which only a snapshot taken afterwards
 * is sure to show.
 *
 * <p>{@link #run} is for one thread at a time, the rest for any.
 */
final class CollectionRefresh {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionRefresh.class);
  private static final int ATTEMPTS_MAX = 5;

  /**
   * What reads see.
   *
   * @param partitions that are loaded; empty for all
   * @param segments by their files' locations
   */
  record Published(
      FollowedRows rows, Set<String> partitions, Map<List<String>, LoadedSegment> segments) {}

  private final ReadSources sources;
  private final Runnable changed;
  private final MemoryBudget.Share memory;
  private final LoadProgress progress = new LoadProgress();

  // Guarded by this.
  private boolean closed;

  private volatile @Nullable Published published;
  private volatile boolean makingRoom;

  // Of the running thread.
  private @Nullable LakeTable table;
  private @Nullable CollectionInfo loadedInfo;
  private List<SegmentIndex> registered = List.of();
  private boolean unfinished;

  /**
   * @param changed called when another run is needed: the log has failed, or says that the
   *     collection was dropped
   */
  CollectionRefresh(ReadSources sources, Runnable changed) {
    this.sources = sources;
    this.changed = changed;
    this.memory = sources.memory().share();
  }

  /** Whether nothing is published only because the old segments had to go before the new come. */
  boolean isMakingRoom() {
    return makingRoom;
  }

  /** Null until the first load. */
  @Nullable Published published() {
    return published;
  }

  LoadProgress progress() {
    return progress;
  }

  /**
   * Publishes what is new; cheap if nothing is.
   *
   * @param known the collection as it was last heard of
   * @param partitions to be loaded; empty for all
   * @throws TidemarkException COLLECTION_NOT_FOUND if it was dropped; MEMORY_LIMIT if what is new
   *     does not fit, even in the place of what was published
   * @throws RuntimeException of any kind from lake, log or disk; what was published stays
   */
  void run(CollectionInfo known, Set<String> partitions) throws InterruptedException {
    Published before = published;
    if (before != null && before.rows().dropped()) {
      throw new TidemarkException(
          ErrorCode.COLLECTION_NOT_FOUND,
          "collection " + known.name() + " was dropped while it was loaded");
    }
    FollowedRows followed =
        before == null || before.rows().failure() != null ? null : before.rows();
    long[] global = followed == null ? globalPositions(known) : new long[known.shards()];
    LakeTable source = refreshedTable(known);
    // The table's own word: jobs change indexes without telling anybody else.
    CollectionInfo info = source.info();
    List<SegmentIndex> indexes = sources.lake().registry().list(info.id());
    if (before != null
        && followed != null
        && !unfinished
        && !isNew(before, info, partitions, indexes)) {
      return;
    }
    unfinished = true;
    for (int attempt = 1; ; attempt++) {
      LakeSnapshot snapshot = source.snapshot();
      List<SegmentPlan> plans = plans(snapshot, info, partitions, indexes);
      try {
        loadNewest(info, partitions, plans, before, followed, global, source, snapshot);
        registered = indexes;
        return;
      } catch (RuntimeException e) {
        if (before != null && fitsWithoutOld(e, info, plans)) {
          LOG.warn(
              "memory does not hold the old and the new segments at once, loading anew collection={}",
              info.name());
          letGo(before);
          run(known, partitions);
          return;
        }
        // A snapshot may expire while it is loaded, and its files go; then there is a newer one.
        if (attempt == ATTEMPTS_MAX || !source.refresh()) {
          throw e;
        }
        LOG.info(
            "loading failed and the table has changed meanwhile, loading its newer snapshot collection={} reason={}",
            info.name(),
            e.toString());
      }
    }
  }

  private void loadNewest(
      CollectionInfo info,
      Set<String> partitions,
      List<SegmentPlan> plans,
      @Nullable Published before,
      @Nullable FollowedRows followed,
      long[] global,
      LakeTable source,
      LakeSnapshot snapshot)
      throws InterruptedException {
    long[] positions = positions(info, global, snapshot);
    FollowedRows rows =
        followed == null
            ? FollowedRows.open(
                info, sources.feed(), positions, changed, sources.builds(), memory::takeSpare)
            : followed;
    try {
      load(rows, before, source, snapshot, positions, info, partitions, plans);
    } catch (RuntimeException | Error | InterruptedException e) {
      if (rows != followed) {
        rows.close();
      }
      throw e;
    } finally {
      Published now = published;
      memory.settle(now == null ? 0 : SegmentMemory.held(now.segments().values()));
    }
    if (rows != followed && before != null) {
      before.rows().close();
    }
    loadedInfo = info;
    unfinished = false;
    sources.cache().retain(info.id(), snapshot.files().stream().map(LakeFile::path).toList());
  }

  private boolean isNew(
      Published before, CollectionInfo info, Set<String> partitions, List<SegmentIndex> indexes) {
    return !indexes.equals(registered)
        || !info.equals(loadedInfo)
        || !partitions.equals(before.partitions())
        || before.segments().values().stream().anyMatch(SegmentLoader::isRetryDue);
  }

  /** Whether there was no memory for the new segments beside the old, but is without those. */
  private boolean fitsWithoutOld(
      RuntimeException failure, CollectionInfo info, List<SegmentPlan> plans) {
    return failure instanceof TidemarkException e
        && e.code() == ErrorCode.MEMORY_LIMIT
        && memory.couldBe(SegmentMemory.needed(info, plans, Map.of()));
  }

  private synchronized void letGo(Published before) {
    if (closed) {
      throw new IllegalStateException("released while it was being loaded");
    }
    makingRoom = true;
    published = null;
    before.rows().close();
    memory.settle(0);
  }

  private static List<SegmentPlan> plans(
      LakeSnapshot snapshot,
      CollectionInfo info,
      Set<String> partitions,
      List<SegmentIndex> indexes) {
    List<LakeFile> files =
        snapshot.files().stream().filter(file -> file.mayHoldAny(partitions)).toList();
    return SegmentPlanner.plan(info, files, indexes);
  }

  private LakeTable refreshedTable(CollectionInfo info) {
    LakeTable known = table;
    if (known == null) {
      known = sources.lake().table(info);
      table = known;
    } else if (known.refresh()) {
      // Remembered, since the handle says so only once, and the rest may fail.
      unfinished = true;
    }
    return known;
  }

  private long[] globalPositions(CollectionInfo info) {
    sources.control().refresh();
    long[] positions = new long[info.shards()];
    for (int shard = 0; shard < positions.length; shard++) {
      positions[shard] = GlobalPositions.of(sources.control(), info, shard);
    }
    return positions;
  }

  private static long[] positions(CollectionInfo info, long[] global, LakeSnapshot snapshot) {
    long[] positions = new long[info.shards()];
    for (int shard = 0; shard < positions.length; shard++) {
      long ofTable = snapshot.positions().getOrDefault(shard, info.createdTimestamp());
      positions[shard] = Math.max(global[shard], ofTable);
    }
    return positions;
  }

  /**
   * Loads the snapshot's segments and publishes them.
   *
   * @throws TidemarkException MEMORY_LIMIT
   */
  private void load(
      FollowedRows rows,
      @Nullable Published before,
      LakeTable source,
      LakeSnapshot snapshot,
      long[] positions,
      CollectionInfo info,
      Set<String> partitions,
      List<SegmentPlan> plans)
      throws InterruptedException {
    Map<List<String>, LoadedSegment> known = before == null ? Map.of() : before.segments();
    memory.take("collection " + info.name(), SegmentMemory.needed(info, plans, known));
    CollectionRows.KillsSoFar kills = rows.rows().kills();
    List<LoadedSegment> loaded = sources.loader().load(source, info, plans, known, progress);
    List<LiveSegment> fresh = new ArrayList<>();
    List<RowSegment> kept = new ArrayList<>();
    Map<List<String>, LoadedSegment> segments = new HashMap<>();
    for (LoadedSegment segment : loaded) {
      List<String> locations = segment.plan().locations();
      segments.put(locations, segment);
      LoadedSegment last = known.get(locations);
      boolean isKept =
          before != null
              && before.rows() == rows
              && last != null
              && last.rows() == segment.rows()
              && last.alive().equals(segment.alive());
      if (isKept) {
        kept.add(segment.rows());
      } else {
        fresh.add(LiveSegment.of(segment.rows(), segment.alive()).without(kills.kills()));
      }
    }
    publish(new Published(rows, partitions, segments), fresh, kept, kills, positions);
    LOG.debug(
        "Published a snapshot: collection={} snapshot={} segments={} new={}",
        info.name(),
        snapshot.snapshotId(),
        loaded.size(),
        fresh.size());
  }

  private synchronized void publish(
      Published next,
      List<LiveSegment> fresh,
      List<RowSegment> kept,
      CollectionRows.KillsSoFar kills,
      long[] positions) {
    if (closed) {
      throw new IllegalStateException("released while it was being loaded");
    }
    next.rows().rows().swap(fresh, kept, kills, positions);
    published = next;
    makingRoom = false;
  }

  /** Nothing is published any more; reads under way go on with their view. */
  void close() {
    Published last;
    synchronized (this) {
      closed = true;
      last = published;
      published = null;
      memory.close();
    }
    if (last != null) {
      last.rows().close();
    }
  }
}
