package io.tidemark.standalone.index;

import io.tidemark.jobs.index.IndexConfig;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.standalone.flink.EmbeddedFlink;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeTable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the index job whenever a segment's worth of rows is unindexed, after a flush, and when
 * somebody asks. One job runs at a time; a failed one is tried again after a pause that grows.
 * Thread-safe.
 */
public final class IndexScheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexScheduler.class);
  private static final long LOOK_EVERY_MS = 1_000;
  private static final long PAUSE_MAX_MS = 60_000;
  private static final long LOOK_SHARE = 10;

  private final EmbeddedFlink flink;
  private final Lake lake;
  private final ControlStore control;
  private final Map<Long, Long> askedAndBuilt = new HashMap<>();
  private final IndexConfig config;
  private final Consumer<CollectionInfo> changed;
  private final ScheduledExecutorService looks;
  private volatile String running = "";
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private long pauseMs;
  private long buildNanos;

  private IndexScheduler(
      EmbeddedFlink flink,
      Lake lake,
      ControlStore control,
      IndexConfig config,
      Consumer<CollectionInfo> changed) {
    this.flink = flink;
    this.lake = lake;
    this.control = control;
    this.config = config;
    this.changed = changed;
    this.looks =
        Executors.newSingleThreadScheduledExecutor(runnable -> {
          Thread thread = new Thread(runnable, "index-scheduler");
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * @param changed is told of each collection that got an index
   */
  public static IndexScheduler start(
      EmbeddedFlink flink,
      Lake lake,
      ControlStore control,
      IndexConfig config,
      Consumer<CollectionInfo> changed) {
    IndexScheduler scheduler = new IndexScheduler(flink, lake, control, config, changed);
    scheduler.schedule(LOOK_EVERY_MS);
    return scheduler;
  }

  private synchronized void look() {
    long start = System.nanoTime();
    buildNanos = 0;
    try {
      for (String database : lake.databases()) {
        for (CollectionInfo collection : lake.collections(database)) {
          lookAt(collection);
        }
      }
      pauseMs = 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (Exception | Error e) {
      failed.incrementAndGet();
      pauseMs = Math.min(PAUSE_MAX_MS, Math.max(LOOK_EVERY_MS, pauseMs * 2));
      LOG.error("index job failed, tried again in {} ms", pauseMs, e);
    }
    // Many collections are looked at less often, so that looking never takes more than a tenth of a
    // core.
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start - buildNanos);
    schedule(Math.max(pauseMs, Math.max(LOOK_EVERY_MS, tookMs * LOOK_SHARE)));
  }

  private void schedule(long delayMs) {
    if (!looks.isShutdown()) {
      var unused = looks.schedule(this::look, delayMs, TimeUnit.MILLISECONDS);
    }
  }

  private void lookAt(CollectionInfo collection) throws Exception {
    try {
      buildMissing(collection);
    } catch (TidemarkException e) {
      if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
        throw e;
      }
      LOG.debug("collection dropped since it was listed id={}", collection.id());
    }
  }

  private void buildMissing(CollectionInfo collection) throws Exception {
    long asked = asked(collection);
    boolean forced =
        asked > askedAndBuilt.getOrDefault(collection.id(), 0L) && committed(collection, asked);
    build(collection.id(), forced);
    if (forced) {
      askedAndBuilt.put(collection.id(), asked);
    }
  }

  /**
   * Up to when somebody waits for what is committed to be indexed, however little it is: a flush
   * asks for it, and so does a new index.
   */
  private long asked(CollectionInfo collection) {
    long flush = control.get(ControlKeys.FLUSH + collection.id()).map(Long::parseLong).orElse(0L);
    return collection.indexes().stream().mapToLong(IndexDefinition::id).reduce(flush, Math::max);
  }

  private boolean committed(CollectionInfo collection, long timestamp) {
    LakeTable table = lake.table(collection);
    return IntStream.range(0, collection.shards())
        .allMatch(shard ->
            table.position(shard) >= timestamp
                || GlobalPositions.of(control, collection, shard) >= timestamp);
  }

  private List<IndexTask> build(long collectionId, boolean forced) throws Exception {
    List<IndexTask> tasks = IndexJob.plan(lake, config.limits(), Optional.of(collectionId), forced);
    if (tasks.isEmpty()) {
      return tasks;
    }
    long rows = tasks.stream().mapToLong(IndexTask::rows).sum();
    LOG.info("index job starts segments={} rows={}", tasks.size(), rows);
    running = String.format(Locale.ROOT, "building %d segments of %,d rows, ", tasks.size(), rows);
    long start = System.nanoTime();
    try {
      StreamExecutionEnvironment environment = flink.environment();
      IndexJob.define(environment, config, tasks);
      BatchRun.execute(environment, IndexJob.NAME, JobProgress.SILENT);
      finished.incrementAndGet();
    } finally {
      running = "";
      buildNanos += System.nanoTime() - start;
    }
    lake.collectionById(collectionId).ifPresent(changed);
    return tasks;
  }

  /** For people. */
  public String summary() {
    return running + finished + " done, " + failed + " failed";
  }

  /** Jobs that ended well since the start. */
  public long finished() {
    return finished.get();
  }

  /** Jobs that failed since the start. */
  public long failed() {
    return failed.get();
  }

  @Override
  public void close() throws InterruptedException {
    looks.shutdownNow();
    if (!looks.awaitTermination(30, TimeUnit.SECONDS)) {
      LOG.warn("an index build is still ending");
    }
  }
}
