package io.tidemark.serving.read.travel;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.cache.ColumnCache;
import io.tidemark.serving.read.cache.IndexCache;
import io.tidemark.serving.read.load.LoadedSegment;
import io.tidemark.serving.read.load.MemoryBudget;
import io.tidemark.serving.read.load.SegmentLoader;
import io.tidemark.serving.read.view.ReadView;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Views of collections as of times gone by. At most {@value #VIEWS_MAX} are in memory, whatever the
 * number of collections: the one that was not used for longest makes room, and one that nobody used
 * for {@value #IDLE_MINUTES} minutes goes. A collection need not be loaded. Thread-safe.
 */
public final class TimeTravel implements AutoCloseable {
  public static final int VIEWS_MAX = 2;
  static final int IDLE_MINUTES = 5;

  /** How far ahead of this machine's a client's clock may be. */
  private static final long CLOCKS_APART_MS_MAX = 5_000;

  private static final class Entry {
    private final CompletableFuture<PastView> view = new CompletableFuture<>();
    private long usedNanos = System.nanoTime();
  }

  private final Lake lake;
  private final ControlStore control;
  private final ColumnCache cache;
  private final SegmentLoader segments;
  private final PastLoader loader;
  private final Executor executor;
  private final MemoryBudget memory;
  private final LongFunction<LiveSegments> live;

  /** In the order of their use; guarded by itself. */
  private final LinkedHashMap<PastView.Key, Entry> views = new LinkedHashMap<>(8, 0.75f, true);

  /**
   * @param cache for columns of files that are no longer live; nobody else's
   * @param indexFiles of all collections
   * @param decoders for decoding them
   * @param executor where views are made
   * @param memory that views take beyond what is in memory of the present state; others make room
   *     when it is short
   * @param live by collection id, what is in memory of its present state
   */
  public TimeTravel(
      Lake lake,
      ControlStore control,
      TravelLog log,
      ColumnCache cache,
      IndexCache indexFiles,
      ExecutorService decoders,
      Executor executor,
      MemoryBudget memory,
      LongFunction<LiveSegments> live) {
    this.lake = lake;
    this.control = control;
    this.cache = cache;
    this.segments = new SegmentLoader(cache, indexFiles, decoders);
    this.loader = new PastLoader(lake, log, segments);
    this.executor = executor;
    this.memory = memory;
    this.live = live;
    // Left by a process that was killed.
    cache.collections().forEach(cache::remove);
  }

  /**
   * An open view.
   *
   * @param timestamp what it is as of
   */
  public record OpenMoment(ReadView view, long timestamp) implements AutoCloseable {
    @Override
    public void close() {
      view.close();
    }
  }

  /**
   * The collection as of then; the caller closes it.
   *
   * @param timeout of the wait for a view that is not in memory yet; making it goes on
   * @throws TidemarkException INVALID_PARAMETER if it cannot be had, with what can; MEMORY_LIMIT;
   *     SERVICE_NOT_READY, retriable, if it takes longer; COLLECTION_NOT_FOUND
   */
  public OpenMoment open(CollectionInfo info, AsOf asOf, Duration timeout) {
    if (asOf instanceof AsOf.Time time) {
      checkPast(time.timestamp());
    }
    // In this order: a table read later is at least as far as the global position says.
    long[] global = asOf instanceof AsOf.Time ? globalPositions(info) : new long[info.shards()];
    LakeTable table = lake.table(info);
    Moment moment = Moment.of(table, asOf, global);
    PastView.Key key = new PastView.Key(table.info(), moment);
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      PastView view = await(entry(key, table), key, deadline, timeout);
      Optional<ReadView> open = view.open();
      if (open.isPresent()) {
        return new OpenMoment(open.get(), view.timestamp());
      }
      // It made room for another just now.
    }
  }

  private long[] globalPositions(CollectionInfo info) {
    control.refresh();
    long[] global = new long[info.shards()];
    for (int shard = 0; shard < global.length; shard++) {
      global[shard] = GlobalPositions.of(control, info, shard);
    }
    return global;
  }

  private static void checkPast(long timestamp) {
    long nowMs = System.currentTimeMillis();
    if (HybridTimestamp.physicalMs(timestamp) > nowMs + CLOCKS_APART_MS_MAX) {
      throw TidemarkException.invalid(
          "as_of [%d] (%s) lies in the future, it is %s now"
              .formatted(
                  timestamp,
                  HybridTimestamp.format(timestamp),
                  HybridTimestamp.format(HybridTimestamp.ofMillis(nowMs))));
    }
  }

  private Entry entry(PastView.Key key, LakeTable table) {
    synchronized (views) {
      Entry known = views.get(key);
      if (known != null) {
        known.usedNanos = System.nanoTime();
        return known;
      }
      makeRoom();
      Entry made = new Entry();
      views.put(key, made);
      executor.execute(() -> make(key, table, made));
      return made;
    }
  }

  private void makeRoom() {
    Iterator<Entry> oldestFirst = views.values().iterator();
    while (views.size() >= VIEWS_MAX && oldestFirst.hasNext()) {
      Entry oldest = oldestFirst.next();
      if (oldest.view.isDone()) {
        oldestFirst.remove();
        close(oldest);
        forgetFiles();
      }
    }
    if (views.size() >= VIEWS_MAX) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          VIEWS_MAX + " other views of the past are being loaded, as many as may be; retry");
    }
  }

  private void make(PastView.Key key, LakeTable table, Entry entry) {
    try {
      PastView made = load(key, table);
      if (!entry.view.complete(made)) {
        made.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(key, entry, e);
    } catch (RuntimeException | Error e) {
      fail(key, entry, e);
    }
  }

  private PastView load(PastView.Key key, LakeTable table) throws InterruptedException {
    try {
      return loadBesideOthers(key, table);
    } catch (TidemarkException e) {
      if (e.code() != ErrorCode.MEMORY_LIMIT || !removeIf((other, entry) -> true)) {
        throw e;
      }
      return loadBesideOthers(key, table);
    }
  }

  private PastView loadBesideOthers(PastView.Key key, LakeTable table) throws InterruptedException {
    MemoryBudget.Share share = memory.share();
    try (LiveSegments present = live.apply(key.collection().id());
        Past others = past(key)) {
      Map<List<String>, LoadedSegment> known = new HashMap<>(present.segments());
      known.putAll(others.segments());
      return loader.load(table, key.moment(), known, share);
    } catch (RuntimeException | Error | InterruptedException e) {
      share.close();
      throw e;
    }
  }

  /** Other views of the same collection, kept open. */
  private record Past(Map<List<String>, LoadedSegment> segments, List<ReadView> open)
      implements AutoCloseable {
    @Override
    public void close() {
      open.forEach(ReadView::close);
    }
  }

  private Past past(PastView.Key key) {
    Past past = new Past(new HashMap<>(), new ArrayList<>());
    synchronized (views) {
      views.forEach((other, entry) -> {
        PastView view = entry.view.getNow(null);
        if (view != null && other.collection().equals(key.collection())) {
          view.open()
              .ifPresent(open -> {
                past.open().add(open);
                past.segments().putAll(view.segments());
              });
        }
      });
    }
    return past;
  }

  private void fail(PastView.Key key, Entry entry, Throwable why) {
    synchronized (views) {
      views.remove(key, entry);
    }
    entry.view.completeExceptionally(why);
  }

  private PastView await(Entry entry, PastView.Key key, long deadline, Duration timeout) {
    try {
      return entry.view.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw notReady(key, "takes longer than " + timeout.toMillis() + " ms to load, retry", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady(key, "was not waited for", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TidemarkException cause) {
        throw new TidemarkException(cause.code(), String.valueOf(cause.getMessage()), cause);
      }
      throw new IllegalStateException(
          "collection " + key.collection().name() + " could not be loaded as of a time gone by",
          e.getCause());
    }
  }

  private static TidemarkException notReady(
      PastView.Key key, String why, @Nullable Throwable cause) {
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "collection %s as of %s %s"
            .formatted(
                key.collection().name(), HybridTimestamp.format(key.moment().timestamp()), why),
        cause);
  }

  /** How many are in memory, or being loaded. */
  public int views() {
    synchronized (views) {
      return views.size();
    }
  }

  /** How often an index of an old state could not be opened since the start. */
  public long indexFailures() {
    return segments.indexFailures();
  }

  /** Lets go of views that nobody used for a while. */
  public void tidy() {
    tidy(System.nanoTime() - TimeUnit.MINUTES.toNanos(IDLE_MINUTES));
  }

  void tidy(long unusedSinceNanos) {
    var unused = removeIf((key, entry) -> entry.usedNanos - unusedSinceNanos < 0);
  }

  /** Lets go of a collection's views. */
  public void release(long collectionId) {
    var unused = removeIf((key, entry) -> key.collection().id() == collectionId);
  }

  private interface Which {
    boolean test(PastView.Key key, Entry entry);
  }

  /** Whether there was one. */
  private boolean removeIf(Which which) {
    synchronized (views) {
      boolean removed =
          views
              .entrySet()
              .removeIf(view -> {
                boolean goes =
                    view.getValue().view.isDone() && which.test(view.getKey(), view.getValue());
                if (goes) {
                  close(view.getValue());
                }
                return goes;
              });
      forgetFiles();
      return removed;
    }
  }

  /** The cached columns of collections of which no view is left, or about to be made. */
  private void forgetFiles() {
    Set<Long> viewed = new HashSet<>();
    views.keySet().forEach(key -> viewed.add(key.collection().id()));
    for (long id : cache.collections()) {
      if (!viewed.contains(id)) {
        cache.remove(id);
      }
    }
  }

  private static void close(Entry entry) {
    // Not made yet, it is closed when it is; a view that failed has nothing to close.
    var unused = entry.view.thenAccept(PastView::close);
  }

  @Override
  public void close() {
    synchronized (views) {
      views.values().forEach(TimeTravel::close);
      views.clear();
      forgetFiles();
    }
  }
}
