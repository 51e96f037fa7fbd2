package io.tidemark.standalone.index;

import io.tidemark.jobs.index.IndexConfig;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.standalone.flink.EmbeddedFlink;
import io.tidemark.standalone.http.HttpEndpoint.Answer;
import io.tidemark.standalone.http.HttpEndpoint.Request;
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

  private final EmbeddedFlink flink;
  private final Lake lake;
  private final ControlStore control;
  private final Map<Long, Long> flushesBuilt = new HashMap<>();
  private final IndexConfig config;
  private final Consumer<CollectionInfo> changed;
  private final ScheduledExecutorService looks;
  private volatile String running = "";
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private long notBeforeNanos = System.nanoTime();
  private long pauseMs;

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
    var unused =
        scheduler.looks.scheduleWithFixedDelay(
            scheduler::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    return scheduler;
  }

  private synchronized void look() {
    if (System.nanoTime() - notBeforeNanos < 0) {
      return;
    }
    try {
      buildFlushed();
      build(Optional.empty(), false);
      pauseMs = 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      failed.incrementAndGet();
      pauseMs = Math.min(PAUSE_MAX_MS, Math.max(LOOK_EVERY_MS, pauseMs * 2));
      notBeforeNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMs);
      LOG.error("index job failed, tried again in {} ms", pauseMs, e);
    }
  }

  /** Whoever flushes wants what is committed by then to be indexed too, however little it is. */
  private void buildFlushed() throws Exception {
    for (Map.Entry<String, String> flush : control.list(ControlKeys.FLUSH).entrySet()) {
      long id = Long.parseLong(flush.getKey().substring(ControlKeys.FLUSH.length()));
      long timestamp = Long.parseLong(flush.getValue());
      Optional<CollectionInfo> collection = lake.collectionById(id);
      if (collection.isEmpty()) {
        control.delete(flush.getKey());
      } else if (timestamp > flushesBuilt.getOrDefault(id, 0L)
          && committed(collection.get(), timestamp)) {
        build(Optional.of(id), true);
        flushesBuilt.put(id, timestamp);
      }
    }
  }

  private boolean committed(CollectionInfo collection, long timestamp) {
    LakeTable table = lake.table(collection);
    return IntStream.range(0, collection.shards())
        .allMatch(shard -> table.position(shard) >= timestamp);
  }

  private List<IndexTask> build(Optional<Long> collectionId, boolean forced) throws Exception {
    List<IndexTask> tasks = IndexJob.plan(lake, config.limits(), collectionId, forced);
    if (tasks.isEmpty()) {
      return tasks;
    }
    long rows = tasks.stream().mapToLong(IndexTask::rows).sum();
    LOG.info("index job starts segments={} rows={}", tasks.size(), rows);
    running = String.format(Locale.ROOT, "building %d segments of %,d rows, ", tasks.size(), rows);
    try {
      StreamExecutionEnvironment environment = flink.environment();
      IndexJob.define(environment, config, tasks);
      flink.run(environment.getStreamGraph().getJobGraph());
      finished.incrementAndGet();
    } finally {
      running = "";
    }
    tasks.stream()
        .map(IndexTask::collectionId)
        .distinct()
        .forEach(id -> lake.collectionById(id).ifPresent(changed));
    return tasks;
  }

  /**
   * {@code POST /admin/index?database=D&collection=C}: builds what is missing there, however
   * little, and answers when it is done.
   */
  public Answer answer(Request request) throws Exception {
    if (!request.method().equals("POST")) {
      return Answer.text(405, "use POST\n");
    }
    String database =
        request.parameters().getOrDefault("database", CollectionInfo.DEFAULT_DATABASE);
    String name = request.parameters().getOrDefault("collection", "");
    Optional<CollectionInfo> collection = lake.collection(database, name);
    if (collection.isEmpty()) {
      return Answer.text(
          404, "collection not found[database=" + database + "][collection=" + name + "]\n");
    }
    if (collection.get().indexes().stream().noneMatch(index -> index.type().builds())) {
      return Answer.text(
          409,
          "collection "
              + name
              + " has no index to build: create one first, of a type other than FLAT\n");
    }
    long start = System.nanoTime();
    List<IndexTask> tasks;
    synchronized (this) {
      tasks = build(Optional.of(collection.get().id()), true);
    }
    return Answer.text(
        200,
        tasks.isEmpty()
            ? "nothing to build: every segment is indexed, or has fewer than "
                + config.limits().rowsMin()
                + " rows, which are searched exactly\n"
            : String.format(
                Locale.ROOT,
                "built %d segments of %,d rows in %.1f s%n",
                tasks.size(),
                tasks.stream().mapToLong(IndexTask::rows).sum(),
                (System.nanoTime() - start) / 1e9));
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
