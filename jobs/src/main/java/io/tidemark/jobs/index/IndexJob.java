package io.tidemark.jobs.index;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.CommittedLog;
import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridClock;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.Lake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds what indexes are missing: {@code IndexPlanner → IndexRunner → IndexCommitter}. Idempotent;
 * killed at any moment it leaves at most a file that nobody names.
 */
public final class IndexJob implements MaintenanceJob {
  public static final String NAME = "tidemark-index";

  private static final Logger LOG = LoggerFactory.getLogger(IndexJob.class);

  /** For a window that was closed to be committed. */
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(60);

  /** Vectors of one segment, twice, and its graph. */
  private static final int GPU_SLOT_HEAP_MIB = 2048;

  /**
   * What is to be built now.
   *
   * @param collectionId of one collection, or empty for all
   * @param forced whether segments are sealed before they are full or old enough
   */
  public static List<IndexTask> plan(
      Lake lake, IndexLimits limits, Optional<Long> collectionId, boolean forced) {
    IndexPlanner planner =
        new IndexPlanner(limits, new HybridClock(System::currentTimeMillis, 0)::next);
    List<IndexTask> tasks = new ArrayList<>();
    for (CollectionInfo collection : collections(lake, collectionId)) {
      if (collection.builtIndexes().stream().anyMatch(definition -> definition.type().builds())) {
        tasks.addAll(plan(lake, planner, collection, forced));
      }
    }
    return tasks;
  }

  private static List<IndexTask> plan(
      Lake lake, IndexPlanner planner, CollectionInfo collection, boolean forced) {
    try {
      return planner.plan(
          collection,
          lake.table(collection).snapshot().files(),
          lake.registry().list(collection.id()),
          System.currentTimeMillis(),
          forced);
    } catch (TidemarkException e) {
      if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
        throw e;
      }
      // Dropped since it was listed.
      return List.of();
    }
  }

  private static List<CollectionInfo> collections(Lake lake, Optional<Long> collectionId) {
    if (collectionId.isPresent()) {
      return lake.collectionById(collectionId.get()).stream().toList();
    }
    return lake.databases().stream()
        .flatMap(database -> lake.collections(database).stream())
        .toList();
  }

  /** Adds the job's operators, and its settings. */
  public static void define(
      StreamExecutionEnvironment env, IndexConfig config, List<IndexTask> tasks) {
    BatchRun.configure(env, NAME);
    SingleOutputStreamOperator<IndexTask> planned =
        env.fromData(tasks, TypeInformation.of(IndexTask.class))
            .name("planned segments")
            .uid("index-tasks")
            .setParallelism(1);
    SingleOutputStreamOperator<SegmentIndex> built =
        planned
            .rebalance()
            .process(new IndexRunner(config.lake(), config.gpu(), config.threads()))
            .returns(TypeInformation.of(SegmentIndex.class))
            .name("IndexRunner")
            .uid("index-runner")
            .setParallelism(config.parallelism());
    BuilderChoice.request(config.gpu(), GPU_SLOT_HEAP_MIB, List.of(planned, built));
    built
        .sinkTo(new IndexCommitter(config.lake()))
        .name("IndexCommitter")
        .uid("index-committer")
        .setParallelism(1);
  }

  @Override
  public JobKind kind() {
    return JobKind.INDEX;
  }

  @Override
  public List<JobOption> options() {
    return List.of(
        JobOption.flag("force", "seal what is too little or too young, too; by hand always"),
        new JobOption(
            "up-to",
            "TIMESTAMP",
            "what is committed",
            "wait until the collection is committed up to this hybrid timestamp; by hand: up to now"),
        new JobOption("parallelism", "N", "1", "segments built at once"),
        new JobOption("threads", "N", "all cores", "threads of each build"),
        new JobOption("gpu", "auto|true|false", "auto", "build on a GPU; true asks Flink for one"),
        new JobOption("segment-bytes", "N", "64 MiB", "unindexed rows of this size are a segment"),
        new JobOption("segment-rows", "N", "100000", "or this number of them"),
        new JobOption("segment-idle-seconds", "N", "30", "or this long after the last was added"),
        new JobOption("index-rows-min", "N", "1024", "fewer rows get no index: a scan is as fast"));
  }

  @Override
  public void check(Map<String, String> options, boolean all) {
    JobOption.check(this, options);
    IndexOptions unused = parse(options);
    Optional.ofNullable(options.get("up-to")).ifPresent(IndexJob::timestamp);
  }

  private IndexOptions parse(Map<String, String> options) {
    return IndexOptions.of(new OptionValues(kind().command(), options));
  }

  @Override
  public JobReport run(JobContext context) throws Exception {
    JobRequest request = context.request();
    check(request.options(), request.collection().isEmpty());
    IndexConfig config = parse(request.options()).on(context.lake());
    List<IndexTask> tasks;
    try (Lake lake = Lake.open(context.lake())) {
      awaitCommitted(context, lake);
      tasks = plan(lake, config.limits(), request.collection(), request.flag("force"));
    }
    long rows = tasks.stream().mapToLong(IndexTask::rows).sum();
    context.progress().planned(tasks.size(), rows, 0);
    LOG.info("index files planned={} rows={}", tasks.size(), rows);
    if (!tasks.isEmpty()) {
      build(context, config, tasks);
    }
    return JobReport.of("segments_indexed", tasks.size(), "rows", rows);
  }

  private static void awaitCommitted(JobContext context, Lake lake) throws InterruptedException {
    Optional<Long> upTo = context.request().option("up-to").map(IndexJob::timestamp);
    Optional<CollectionInfo> collection =
        context.request().collection().flatMap(lake::collectionById);
    if (upTo.isEmpty() || collection.isEmpty()) {
      return;
    }
    context.progress().stage("waiting until " + collection.get().name() + " is committed");
    try (ControlStore control = KafkaControlStore.open(context.requireLog())) {
      new CommittedLog(context.requireLog(), control)
          .await(lake.table(collection.get()), upTo.get(), COMMIT_LIMIT);
    }
  }

  private static long timestamp(String text) {
    if (!text.matches("\\d{1,18}")) {
      throw TidemarkException.invalid(
          "index: up-to is '" + text + "', expected a hybrid timestamp: milliseconds << 18");
    }
    return Long.parseLong(text);
  }

  private static void build(JobContext context, IndexConfig config, List<IndexTask> tasks)
      throws Exception {
    StreamExecutionEnvironment env = context.environments().get();
    define(env, config, tasks);
    try {
      BatchRun.execute(env, NAME, context.progress());
    } catch (Exception e) {
      if (config.gpu() != GpuUse.TRUE || !BuilderChoice.noWorker(e)) {
        throw e;
      }
      LOG.warn("graphs are built by the CPU reason={}", "Flink has no worker with a gpu to give");
      build(context, config.withGpu(GpuUse.FALSE), tasks);
    }
  }

  /** See {@link JobArguments}; options as in {@link #run}. */
  public static void main(String[] arguments) throws Exception {
    JobArguments.run(new IndexJob(), arguments);
  }
}
