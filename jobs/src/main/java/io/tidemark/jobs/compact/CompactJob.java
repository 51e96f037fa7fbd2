package io.tidemark.jobs.compact;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridClock;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges small files and applies deletes: {@code CompactPlanner → CompactRunner →
 * CompactCommitter}, again until there is nothing left to do. A task reads a segment's worth of
 * rows, whose keys and vectors it holds in memory.
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
   * What is to be done now.
   *
   * @param collectionId of one collection, or empty for all
   * @param forced whether everything that can be merged or cleaned is, however little or young
   */
  public static List<CompactTask> plan(
      Lake lake, CompactLimits limits, Optional<Long> collectionId, boolean forced) {
    CompactPlanner planner =
        new CompactPlanner(limits, new HybridClock(System::currentTimeMillis, 0)::next);
    List<CompactTask> tasks = new ArrayList<>();
    for (CollectionInfo collection : collections(lake, collectionId)) {
      try {
        tasks.addAll(
            planner.plan(
                collection,
                lake.table(collection).snapshot().files(),
                System.currentTimeMillis(),
                forced));
      } catch (TidemarkException e) {
        if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
          throw e;
        }
        LOG.debug("collection was dropped since it was listed id={}", collection.id());
      }
    }
    return tasks;
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
        .sinkTo(new CompactCommitter(lake))
        .name("CompactCommitter")
        .uid("compact-committer")
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
        new JobOption("files-min", "N", "4", "so many files of about one size become one"),
        new JobOption("deleted-share", "SHARE", "0.2", "write a file anew from this share on"),
        new JobOption(
            "delete-files-max", "N", "8", "more equality deletes on a file become positions"),
        new JobOption("age-min-seconds", "N", "30", "leave younger files alone"),
        new JobOption("segment-bytes", "N", "64 MiB", "merge up to this size"),
        new JobOption("segment-rows", "N", "100000", "or up to this number of rows"),
        new JobOption("index-rows-min", "N", "1024", "fewer rows get no index: a scan is as fast"),
        new JobOption("parallelism", "N", "1", "merges at once"),
        new JobOption("threads", "N", "all cores", "threads of each index build"));
  }

  @Override
  public JobReport run(JobContext context) throws Exception {
    JobRequest request = context.request();
    JobOption.check(this, request.options());
    CompactLimits limits = CompactLimits.of(request.options());
    int parallelism = request.option("parallelism").map(Integer::parseInt).orElse(1);
    int threads =
        request
            .option("threads")
            .map(Integer::parseInt)
            .orElse(Runtime.getRuntime().availableProcessors());
    boolean forced = request.flag("force");
    long files = 0;
    long rows = 0;
    long conversions = 0;
    try (Lake lake = Lake.open(context.lake())) {
      for (int round = 1; round <= ROUNDS_MAX; round++) {
        List<CompactTask> tasks = plan(lake, limits, request.collection(), forced && round == 1);
        if (tasks.isEmpty()) {
          break;
        }
        long planned = tasks.stream().mapToLong(CompactTask::rows).sum();
        context.progress().stage("round " + round + ", " + tasks.size() + " sets of files");
        context
            .progress()
            .planned(tasks.size(), planned, tasks.stream().mapToLong(CompactTask::bytes).sum());
        StreamExecutionEnvironment env = context.environments().get();
        define(env, context.lake(), tasks, limits.indexRowsMin(), parallelism, threads);
        BatchRun.execute(env, NAME, context.progress());
        for (CompactTask task : tasks) {
          boolean rewrites = task.work() == CompactTask.Work.REWRITE;
          files += rewrites ? task.files().size() : 0;
          rows += rewrites ? task.rows() : 0;
          conversions += rewrites ? 0 : 1;
        }
      }
    }
    return JobReport.of(
        "files_rewritten", files, "rows_read", rows, "delete_conversions", conversions);
  }

  /** See {@link JobArguments}; options as in {@link #options}. */
  public static void main(String[] arguments) throws Exception {
    JobArguments.run(new CompactJob(), arguments);
  }
}
