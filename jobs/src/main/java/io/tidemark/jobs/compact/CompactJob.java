package io.tidemark.jobs.compact;

import io.tidemark.jobs.compact.CompactCommitter.Figure;
import io.tidemark.jobs.compact.CompactTask.Work;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.LogTime;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridClock;
import io.tidemark.stores.lake.ClusteringKey;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.TimeToLive;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges small files and applies deletes: {@code CompactPlanner → CompactRunner →
 * CompactCommitter}, again until there is nothing left to do. A task reads up to two segments'
 * worth of rows, dead ones included; it holds their keys and timestamps, the rows themselves only
 * where they are sorted, and the vectors of the one segment that it indexes.
 *
 * <p>Safe beside live writes: a delete that races it wins. The old files stay as long as a snapshot
 * names them; index files as long as {@code expire} keeps them.
 */
public final class CompactJob implements MaintenanceJob {
  public static final String NAME = "tidemark-compact";

  private static final Logger LOG = LoggerFactory.getLogger(CompactJob.class);

  /** A size tier each, conversions, and what lost races. */
  private static final int ROUNDS_MAX = 8;

  /**
   * What is to be done now, first of all to deletes: what is due once they are converted shows
   * then.
   *
   * @param collectionId of one collection, or empty for all
   * @param forced whether everything that can be merged or cleaned is, however little or young
   */
  public static List<CompactTask> plan(
      Lake lake, CompactLimits limits, Optional<Long> collectionId, boolean forced) {
    try (LogTime clock = new LogTime(Optional.empty())) {
      return plan(lake, limits, collectionId, clock, forced, forced);
    }
  }

  private static List<CompactTask> plan(
      Lake lake,
      CompactLimits limits,
      Optional<Long> collectionId,
      LogTime clock,
      boolean forced,
      boolean convertsAny) {
    CompactPlanner planner =
        new CompactPlanner(limits, new HybridClock(System::currentTimeMillis, 0)::next);
    long nowMs = System.currentTimeMillis();
    List<CompactTask> tasks = new ArrayList<>();
    for (CollectionInfo collection : collections(lake, collectionId)) {
      try {
        tasks.addAll(planner.plan(state(lake, collection, clock), nowMs, forced, convertsAny));
      } catch (TidemarkException e) {
        if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
          throw e;
        }
        LOG.debug("collection was dropped since it was listed id={}", collection.id());
      }
    }
    return tasks;
  }

  private static CompactPlanner.State state(Lake lake, CollectionInfo known, LogTime clock) {
    LakeTable table = lake.table(known);
    CollectionInfo collection = table.info();
    List<LakeFile> live = table.snapshot().files();
    Snapshot current = table.iceberg().currentSnapshot();
    String deleteFiles =
        current == null
            ? "0"
            : current.summary().getOrDefault(SnapshotSummary.TOTAL_DELETE_FILES_PROP, "0");
    boolean expires = TimeToLive.cutoff(collection, System.currentTimeMillis()) > 0;
    long expireBefore = expires ? TimeToLive.cutoff(collection, clock.nowMs(table)) : 0;
    return new CompactPlanner.State(
        collection.id(),
        live,
        Long.parseLong(deleteFiles),
        lake.registry().list(collection.id()),
        expireBefore,
        file -> expireBefore == 0 ? 0 : table.olderShare(file, expireBefore));
  }

  private static List<CollectionInfo> collections(Lake lake, Optional<Long> collectionId) {
    if (collectionId.isPresent()) {
      return lake.collectionById(collectionId.get()).stream().toList();
    }
    return lake.databases().stream()
        .flatMap(database -> lake.collections(database).stream())
        .toList();
  }

  private static void define(
      StreamExecutionEnvironment env,
      LakeConfig lake,
      List<CompactTask> tasks,
      long indexRowsMin,
      int parallelism,
      int threads) {
    BatchRun.configure(env, NAME);
    env.fromData(tasks, TypeInformation.of(CompactTask.class))
        .name("planned files")
        .uid("compact-tasks")
        .setParallelism(1)
        .rebalance()
        .process(new CompactRunner(lake, indexRowsMin, threads))
        .returns(TypeInformation.of(CompactedFiles.class))
        .name("CompactRunner")
        .uid("compact-runner")
        .setParallelism(parallelism)
        .process(new CompactCommitter(lake))
        .returns(TypeInformation.of(CompactedFiles.class))
        .name("CompactCommitter")
        .uid("compact-committer")
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .name("done")
        .uid("compact-done")
        .setParallelism(1);
  }

  @Override
  public JobKind kind() {
    return JobKind.COMPACT;
  }

  @Override
  public List<JobOption> options() {
    return List.of(
        JobOption.flag("force", "merge and clean whatever can be, however little or young"),
        new JobOption("files-min", "N", "8", "so many files of about one size become one"),
        new JobOption("deleted-share", "SHARE", "0.2", "write a file anew from this share on"),
        new JobOption(
            "delete-files-max",
            "N",
            "16",
            "so many deletes that hit several files become positions"),
        new JobOption("age-min-seconds", "N", "30", "leave younger files alone"),
        new JobOption("segment-bytes", "N", "64 MiB", "merge up to this size"),
        new JobOption("segment-rows", "N", "100000", "or up to this number of rows"),
        new JobOption("index-rows-min", "N", "1024", "fewer rows get no index: a scan is as fast"),
        new JobOption("parallelism", "N", "1", "merges at once"),
        new JobOption("threads", "N", "all cores", "threads of each index build"));
  }

  @Override
  public void check(Map<String, String> options, boolean all) {
    JobOption.check(this, options);
    Options unused = Options.of(options);
  }

  private record Options(CompactLimits limits, int parallelism, int threads) {
    static Options of(Map<String, String> given) {
      OptionValues values = new OptionValues(JobKind.COMPACT.command(), given);
      return new Options(CompactLimits.of(values), values.parallelism(), values.threads());
    }
  }

  @Override
  public JobReport run(JobContext context) throws Exception {
    JobRequest request = context.request();
    check(request.options(), request.collection().isEmpty());
    Options options = Options.of(request.options());
    CompactLimits limits = options.limits();
    int parallelism = options.parallelism();
    int threads = options.threads();
    boolean forced = request.flag("force");
    Map<Figure, Long> figures = new EnumMap<>(Figure.class);
    try (Lake lake = Lake.open(context.lake());
        LogTime clock = new LogTime(context.logConfig())) {
      for (CollectionInfo collection :
          request.collection().isEmpty()
              ? List.<CollectionInfo>of()
              : collections(lake, request.collection())) {
        // Who asks for one collection is told what is wrong with it.
        ClusteringKey.check(collection.schema(), collection.properties());
      }
      boolean merges = forced;
      boolean convertsAny = forced;
      for (int round = 1; round <= ROUNDS_MAX; round++) {
        List<CompactTask> tasks =
            plan(lake, limits, request.collection(), clock, merges, convertsAny);
        if (tasks.isEmpty()) {
          break;
        }
        context.progress().stage("round " + round + ", " + tasks.size() + " sets of files");
        context
            .progress()
            .planned(
                tasks.size(),
                tasks.stream().mapToLong(CompactTask::rows).sum(),
                tasks.stream().mapToLong(CompactTask::bytes).sum());
        StreamExecutionEnvironment env = context.environments().get();
        define(env, context.lake(), tasks, limits.indexRowsMin(), parallelism, threads);
        long lost = add(figures, BatchRun.execute(env, NAME, context.progress()));
        boolean converted = tasks.stream().allMatch(task -> task.work() == Work.CONVERT);
        // Live writes always leave something to do: each is forced once, unless it lost a race.
        convertsAny &= lost > 0;
        merges &= lost > 0 || converted;
      }
    }
    return JobReport.of(
        Stream.of(Figure.values())
            .flatMap(figure -> Stream.of(figure.label(), figures.getOrDefault(figure, 0L)))
            .toArray());
  }

  /**
   * Adds up what a round did.
   *
   * @return how many races it lost
   */
  private static long add(Map<Figure, Long> figures, JobExecutionResult round) {
    for (Figure figure : Figure.values()) {
      Long more = round.getAccumulatorResult(figure.accumulator());
      figures.merge(figure, more == null ? 0 : more, Long::sum);
    }
    Long lost = round.getAccumulatorResult(Figure.RACES_LOST.accumulator());
    return lost == null ? 0 : lost;
  }

  /** See {@link JobArguments}; options as in {@link #options}. */
  public static void main(String[] arguments) throws Exception {
    JobArguments.run(new CompactJob(), arguments);
  }
}
