package io.tidemark.serving.read;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.serving.read.load.LoadProgress;
import io.tidemark.serving.read.load.LoadedSegment;
import io.tidemark.serving.read.load.SegmentLoader;
import io.tidemark.serving.read.load.SegmentPlanner;
import io.tidemark.serving.read.view.CollectionRows;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.RowSegment;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One collection that is loaded or being loaded: follows its table and its log.
 *
 * <p>The first load, a poll and the recovery of a failed subscription are all one step, {@link
 * #refresh}, which never runs twice at once: read the pchannels' global positions, then the table's
 * snapshot, then subscribe after the later of both, then load the segments, then publish. Positions
 * are read before the snapshot: the global position says that records up to it are committed, which
 * only a snapshot taken afterwards is sure to show.
 *
 * <p>Thread-safe.
 */
final class LoadedCollection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedCollection.class);
  private static final long BACKOFF_MS_MIN = 500;
  private static final long BACKOFF_MS_MAX = 10_000;

  private final Lake lake;
  private final LogFeed feed;
  private final ControlStore control;
  private final SegmentLoader loader;
  private final Executor executor;
  private final LongConsumer vanished;
  private final ColumnCacheKeeper cache;
  private final LoadProgress progress = new LoadProgress();

  // Guarded by this.
  private CollectionInfo info;
  private Set<String> wanted;
  private boolean running;
  private boolean again;
  private boolean closed;
  private long backoffMs;
  private long retryNanos;
  private CompletableFuture<Void> loading = new CompletableFuture<>();

  // Written by refresh alone.
  private volatile @Nullable FollowedRows current;
  private volatile Set<String> served = Set.of();
  private volatile Map<List<String>, LoadedSegment> segments = Map.of();
  private volatile @Nullable String error;
  private @Nullable LakeTable table;
  private @Nullable CollectionInfo loadedInfo;
  private List<SegmentIndex> registered = List.of();

  /** What is cached on disk of the collection's data files. */
  interface ColumnCacheKeeper {
    void retain(long collectionId, List<String> locations);
  }

  /**
   * @param vanished called when the collection turns out to be dropped
   */
  LoadedCollection(
      CollectionInfo info,
      Set<String> partitions,
      Lake lake,
      LogFeed feed,
      ControlStore control,
      SegmentLoader loader,
      ColumnCacheKeeper cache,
      Executor executor,
      LongConsumer vanished) {
    this.info = info;
    this.wanted = Set.copyOf(partitions);
    this.lake = lake;
    this.feed = feed;
    this.control = control;
    this.loader = loader;
    this.cache = cache;
    this.executor = executor;
    this.vanished = vanished;
  }

  /** Adds partitions, all if empty; completes when they can be read. */
  synchronized CompletableFuture<Void> want(CollectionInfo newInfo, Set<String> partitions) {
    info = newInfo;
    Set<String> more = new HashSet<>(wanted);
    if (!wanted.isEmpty()) {
      more = partitions.isEmpty() ? Set.of() : more;
      if (!partitions.isEmpty()) {
        more.addAll(partitions);
      }
    }
    return serve(Set.copyOf(more));
  }

  private synchronized CompletableFuture<Void> serve(Set<String> partitions) {
    if (!partitions.equals(wanted) && loading.isDone()) {
      loading = new CompletableFuture<>();
    }
    wanted = partitions;
    refreshNow();
    return loading;
  }

  /**
   * Lets go of partitions.
   *
   * @return false if none is left
   */
  synchronized boolean unwant(CollectionInfo newInfo, Set<String> partitions) {
    info = newInfo;
    Set<String> left = new HashSet<>(wanted);
    if (wanted.isEmpty()) {
      newInfo.partitions().forEach(partition -> left.add(partition.name()));
    }
    left.removeAll(partitions);
    if (left.isEmpty()) {
      return false;
    }
    serve(Set.copyOf(left));
    return true;
  }

  /** Schema, partitions, indexes, or name are other now. */
  synchronized void changed(CollectionInfo newInfo) {
    info = newInfo;
    refreshNow();
  }

  private synchronized void refreshNow() {
    backoffMs = 0;
    poll();
  }

  /** Looks for something new, in the background; soon again if it is looking already. */
  synchronized void poll() {
    if (closed || backoffMs > 0 && System.nanoTime() - retryNanos < 0) {
      return;
    }
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      running = false;
      LOG.debug("Shutting down, not refreshing: collection={}", info.name());
    }
  }

  private void run() {
    CollectionInfo known = info();
    try {
      refresh();
      succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TidemarkException e) {
      if (e.code() == ErrorCode.COLLECTION_NOT_FOUND) {
        fail(e);
        vanished.accept(known.id());
      } else {
        retryLater(e);
      }
    } catch (RuntimeException | Error e) {
      // An Error too: a segment that does not fit the heap must not end the following silently.
      retryLater(e);
    } finally {
      finished();
    }
  }

  private synchronized void finished() {
    running = false;
    if (again) {
      again = false;
      poll();
    }
  }

  private synchronized void succeeded() {
    error = null;
    backoffMs = 0;
    if (served.equals(wanted) && !closed) {
      loading.complete(null);
    }
  }

  private synchronized void retryLater(Throwable e) {
    String message = e.getMessage();
    error = message == null ? e.toString() : message;
    backoffMs = Math.clamp(backoffMs * 2, BACKOFF_MS_MIN, BACKOFF_MS_MAX);
    retryNanos = System.nanoTime() + backoffMs * 1_000_000;
    if (!closed) {
      LOG.warn(
          "Loading or following failed, trying again: collection={} in_ms={}",
          info.name(),
          backoffMs,
          e);
    }
  }

  private synchronized void fail(Throwable e) {
    error = String.valueOf(e.getMessage());
    loading.completeExceptionally(e);
  }

  private synchronized CollectionInfo info() {
    return info;
  }

  private synchronized Set<String> wanted() {
    return wanted;
  }

  private void refresh() throws InterruptedException {
    CollectionInfo known = info();
    Set<String> partitions = wanted();
    FollowedRows followed = current;
    if (followed != null && followed.dropped()) {
      throw new TidemarkException(
          ErrorCode.COLLECTION_NOT_FOUND,
          "collection " + known.name() + " was dropped while it was loaded");
    }
    boolean anew = followed == null || followed.failure() != null;
    long[] global = anew ? globalPositions(known) : new long[known.shards()];
    boolean changed = anew | refreshTable(known);
    List<SegmentIndex> indexes = lake.registry().list(known.id());
    changed |= !indexes.equals(registered) || !partitions.equals(served) || !known.equals(loadedInfo);
    changed |= segments.values().stream().anyMatch(SegmentLoader::isRetryDue);
    if (!changed) {
      return;
    }
    LakeTable source = Objects.requireNonNull(table);
    LakeSnapshot snapshot = source.snapshot();
    long[] positions = positions(known, global, snapshot);
    FollowedRows next =
        followed == null || anew
            ? FollowedRows.open(known, feed, positions, this::poll)
            : followed;
    try {
      show(next, next != followed, source, snapshot, positions, known, partitions, indexes);
    } catch (RuntimeException | Error | InterruptedException e) {
      if (next != followed) {
        next.close();
      }
      throw e;
    }
    registered = indexes;
    loadedInfo = known;
  }

  private boolean refreshTable(CollectionInfo known) {
    LakeTable opened = table;
    if (opened == null) {
      table = lake.table(known);
      return true;
    }
    // A failed refresh may have moved the handle already: until one succeeds, all is new.
    return opened.refresh() || error != null;
  }

  private long[] globalPositions(CollectionInfo known) {
    control.refresh();
    long[] positions = new long[known.shards()];
    for (int shard = 0; shard < positions.length; shard++) {
      positions[shard] =
          control
              .get(ControlKeys.POSITION + known.pchannels().get(shard))
              .map(Long::parseLong)
              .orElse(0L);
    }
    return positions;
  }

  private static long[] positions(CollectionInfo known, long[] global, LakeSnapshot snapshot) {
    long[] positions = new long[known.shards()];
    for (int shard = 0; shard < positions.length; shard++) {
      long ofTable = snapshot.positions().getOrDefault(shard, known.createdTimestamp());
      positions[shard] = Math.max(global[shard], ofTable);
    }
    return positions;
  }

  /** Loads the snapshot's segments and publishes them. */
  private void show(
      FollowedRows next,
      boolean anew,
      LakeTable source,
      LakeSnapshot snapshot,
      long[] positions,
      CollectionInfo known,
      Set<String> partitions,
      List<SegmentIndex> indexes)
      throws InterruptedException {
    List<LakeFile> files =
        snapshot.files().stream()
            .filter(file -> partitions.isEmpty() || partitions.contains(file.partition()))
            .toList();
    CollectionRows rows = next.rows();
    CollectionRows.KillsSoFar kills = rows.kills();
    List<LoadedSegment> loaded =
        loader.load(
            source, known, SegmentPlanner.plan(known, files, indexes), segments, progress);
    List<LiveSegment> fresh = new ArrayList<>();
    List<RowSegment> kept = new ArrayList<>();
    Map<List<String>, LoadedSegment> byFiles = new HashMap<>();
    for (LoadedSegment segment : loaded) {
      List<String> locations =
          segment.plan().files().stream().map(LakeFile::path).collect(Collectors.toList());
      byFiles.put(locations, segment);
      if (!anew && segments.get(locations) == segment) {
        kept.add(segment.rows());
      } else {
        fresh.add(LiveSegment.of(segment.rows(), segment.alive()).without(kills.kills()));
      }
    }
    rows.swap(fresh, kept, kills, positions);
    FollowedRows old = current;
    publish(next, byFiles, partitions);
    if (anew && old != null) {
      old.close();
    }
    cache.retain(known.id(), snapshot.files().stream().map(LakeFile::path).toList());
    LOG.debug(
        "Published a snapshot: collection={} snapshot={} segments={} new={}",
        known.name(),
        snapshot.snapshotId(),
        loaded.size(),
        fresh.size());
  }

  private synchronized void publish(
      FollowedRows next, Map<List<String>, LoadedSegment> byFiles, Set<String> partitions) {
    if (closed) {
      next.close();
      throw new IllegalStateException("released while loading");
    }
    current = next;
    segments = byFiles;
    served = partitions;
  }

  /**
   * The rows, to be read.
   *
   * @param partitions that the read names; empty for all that are loaded
   * @throws TidemarkException COLLECTION_NOT_LOADED, PARTITION_NOT_FULLY_LOADED
   */
  FollowedRows rows(Set<String> partitions) {
    FollowedRows followed = current;
    if (followed == null) {
      String why = error;
      throw new TidemarkException(
          ErrorCode.COLLECTION_NOT_LOADED,
          "collection not fully loaded[collection="
              + info().name()
              + "][percent="
              + progress.percent()
              + "]"
              + (why == null ? "" : ": " + why));
    }
    Set<String> available = served;
    if (!available.isEmpty() && !available.containsAll(partitions)) {
      throw new TidemarkException(
          ErrorCode.PARTITION_NOT_FULLY_LOADED,
          "partitions "
              + partitions
              + " of collection "
              + info().name()
              + " are asked for, loaded are "
              + available);
    }
    return followed;
  }

  /** Partitions that reads see; empty for all. */
  Set<String> served() {
    return served;
  }

  synchronized LoadStatus status() {
    boolean loaded = current != null && served.equals(wanted);
    return new LoadStatus(
        info.id(), loaded, loaded ? 100 : progress.percent(), wanted, error);
  }

  long growingBytes() {
    FollowedRows followed = current;
    return followed == null ? 0 : followed.rows().growingBytes();
  }

  /** Rows of loaded files that cannot be served, because their key or a vector is no good. */
  long rejectedRows() {
    return segments.values().stream().mapToLong(segment -> segment.rejected().cardinality()).sum();
  }

  int sealedSegments() {
    return segments.size();
  }

  @Override
  public void close() {
    FollowedRows followed;
    synchronized (this) {
      closed = true;
      followed = current;
      current = null;
      loading.completeExceptionally(
          new TidemarkException(
              ErrorCode.COLLECTION_NOT_LOADED, "collection " + info.name() + " was released"));
    }
    if (followed != null) {
      followed.close();
    }
  }
}
