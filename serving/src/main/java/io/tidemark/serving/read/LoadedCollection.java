package io.tidemark.serving.read;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.read.load.LoadedSegment;
import io.tidemark.serving.read.travel.LiveSegments;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.RowSegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One collection that is loaded or being loaded: what is wanted of it, how far it is, and when it
 * is looked at again. {@link CollectionRefresh} does the work, in the background, never twice at
 * once. Thread-safe.
 */
final class LoadedCollection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedCollection.class);
  private static final long BACKOFF_MS_MIN = 500;
  private static final long BACKOFF_MS_MAX = 10_000;
  private static final long NANOS_PER_MS = 1_000_000;

  private final CollectionRefresh refresh;
  private final Executor executor;
  private final LongConsumer vanished;

  // Guarded by this.
  private CollectionInfo info;
  private Set<String> wanted;
  private boolean running;
  private boolean again;
  private boolean closed;
  private long backoffMs;
  private long retryNanos;
  private CompletableFuture<Void> loading = new CompletableFuture<>();
  private @Nullable String error;

  /**
   * Does nothing yet.
   *
   * @param partitions empty for all
   * @param vanished called when the collection turns out to be dropped
   */
  LoadedCollection(
      CollectionInfo info,
      Set<String> partitions,
      ReadSources sources,
      Executor executor,
      LongConsumer vanished) {
    this.info = info;
    this.wanted = Set.copyOf(partitions);
    this.executor = executor;
    this.vanished = vanished;
    this.refresh = new CollectionRefresh(sources, this::poll);
  }

  /** Adds partitions, all if empty; completes when they can be read. */
  synchronized CompletableFuture<Void> want(CollectionInfo newInfo, Set<String> partitions) {
    info = newInfo;
    Set<String> more = new HashSet<>();
    if (!wanted.isEmpty() && !partitions.isEmpty()) {
      more.addAll(wanted);
      more.addAll(partitions);
    }
    return serve(Set.copyOf(more));
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
    var unused = serve(Set.copyOf(left));
    return true;
  }

  private CompletableFuture<Void> serve(Set<String> partitions) {
    if (!partitions.equals(wanted) && loading.isDone()) {
      loading = new CompletableFuture<>();
    }
    wanted = partitions;
    refreshNow();
    return loading;
  }

  /** Schema, partitions, indexes, or name are other now. */
  synchronized void changed(CollectionInfo newInfo) {
    info = newInfo;
    refreshNow();
  }

  private void refreshNow() {
    backoffMs = 0;
    poll();
  }

  /** Looks for something new, in the background; soon again if it is looking already. */
  synchronized void poll() {
    if (closed || (backoffMs > 0 && System.nanoTime() - retryNanos < 0)) {
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
    CollectionInfo known;
    Set<String> partitions;
    synchronized (this) {
      known = info;
      partitions = wanted;
    }
    try {
      refresh.run(known, partitions);
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
    if (isLoaded()) {
      loading.complete(null);
    }
  }

  private boolean isLoaded() {
    CollectionRefresh.Published published = refresh.published();
    return published != null && published.partitions().equals(wanted);
  }

  private synchronized void retryLater(Throwable e) {
    String message = e.getMessage();
    error = message == null ? e.toString() : message;
    backoffMs = Math.clamp(backoffMs * 2, BACKOFF_MS_MIN, BACKOFF_MS_MAX);
    retryNanos = System.nanoTime() + backoffMs * NANOS_PER_MS;
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

  /**
   * What is to be read.
   *
   * @param partitions that the read names; empty for all that are loaded
   * @throws TidemarkException COLLECTION_NOT_LOADED, PARTITION_NOT_FULLY_LOADED
   */
  CollectionRefresh.Published published(Set<String> partitions) {
    CollectionRefresh.Published published = refresh.published();
    if (published == null) {
      throw refresh.isMakingRoom() ? makingRoom() : notLoaded();
    }
    if (!published.partitions().isEmpty() && !published.partitions().containsAll(partitions)) {
      throw new TidemarkException(
          ErrorCode.PARTITION_NOT_FULLY_LOADED,
          "partitions "
              + partitions
              + " of a collection are asked for, loaded are "
              + published.partitions());
    }
    return published;
  }

  private synchronized TidemarkException makingRoom() {
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "collection %s is loaded anew, since memory does not hold its old and its new segments at once: %d %%; retry"
            .formatted(info.name(), refresh.progress().percent()));
  }

  private synchronized TidemarkException notLoaded() {
    return new TidemarkException(
        ErrorCode.COLLECTION_NOT_LOADED,
        "collection not fully loaded[collection="
            + info.name()
            + "][percent="
            + refresh.progress().percent()
            + "]"
            + (error == null ? "" : ": " + error));
  }

  synchronized LoadStatus status() {
    boolean loaded = isLoaded();
    return new LoadStatus(
        info.id(), loaded, loaded ? 100 : refresh.progress().percent(), wanted, error);
  }

  long growingBytes() {
    CollectionRefresh.Published published = refresh.published();
    return published == null ? 0 : published.rows().rows().growingBytes();
  }

  /** Rows of loaded files that cannot be served, because their key or a vector is no good. */
  long rejectedRows() {
    CollectionRefresh.Published published = refresh.published();
    return published == null
        ? 0
        : published.segments().values().stream()
            .mapToLong(segment -> segment.rejected().cardinality())
            .sum();
  }

  /** See {@link FollowedRows#floors}. */
  void floors(BiConsumer<Integer, Long> told) {
    CollectionRefresh.Published published = refresh.published();
    if (published != null) {
      published.rows().floors(told);
    }
  }

  /** In memory, by their files' locations. */
  Map<List<String>, LoadedSegment> segments() {
    CollectionRefresh.Published published = refresh.published();
    return published == null ? Map.of() : published.segments();
  }

  int sealedSegments() {
    CollectionRefresh.Published published = refresh.published();
    return published == null ? 0 : published.segments().size();
  }

  /** Empty until the first load, and while following begins anew. */
  Optional<ServedRows> served() {
    CollectionRefresh.Published published = refresh.published();
    return published == null
        ? Optional.empty()
        : published
            .rows()
            .view()
            .map(view -> {
              try (FollowedRows.OpenView open = view) {
                return served(published, open);
              }
            });
  }

  private static ServedRows served(
      CollectionRefresh.Published published, FollowedRows.OpenView open) {
    return new ServedRows(
        published.segments().size(),
        published.segments().values().stream().mapToLong(each -> each.rows().size()).sum(),
        open.view().growing().stream().mapToLong(LiveSegment::aliveCount).sum(),
        open.view().segments(false).stream().mapToLong(LiveSegment::aliveCount).sum(),
        published.segments().values().stream()
            .mapToLong(each -> each.rejected().cardinality())
            .sum(),
        open.readTimestamp());
  }

  /** What is in memory of the last snapshot, kept open for the caller. */
  LiveSegments liveSegments() {
    CollectionRefresh.Published published = refresh.published();
    Optional<FollowedRows.OpenView> open =
        published == null ? Optional.empty() : published.rows().view();
    if (published == null || open.isEmpty()) {
      return LiveSegments.NONE;
    }
    // The view may be of a newer snapshot: only what it holds too stays open with it.
    Set<RowSegment> held = new HashSet<>();
    open.get().view().sealed().forEach(segment -> held.add(segment.rows()));
    Map<List<String>, LoadedSegment> segments = new HashMap<>(published.segments());
    segments.values().removeIf(segment -> !held.contains(segment.rows()));
    return new LiveSegments(segments, open.get()::close);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      loading.completeExceptionally(
          new TidemarkException(
              ErrorCode.COLLECTION_NOT_LOADED, "collection " + info.name() + " was released"));
    }
    refresh.close();
  }
}
