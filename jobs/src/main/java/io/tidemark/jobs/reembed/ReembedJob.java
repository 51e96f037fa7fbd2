package io.tidemark.jobs.reembed;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.Embedders;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a vector field of the rows that there are from a text field, with a model on the class path
 * ({@link io.tidemark.model.embedding.EmbedderProvider}), while writes and searches go on. Files
 * whose rows lack vectors are read, embedded and written anew, a segment at a time, each with its
 * indexes and in a commit of its own; deletes and upserts that race win. Then it looks again, until
 * nothing is left.
 *
 * <p>Killed anywhere, the next run goes on with what is left. What lacks a text stays without a
 * vector.
 */
public final class ReembedJob implements MaintenanceJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReembedJob.class);
  private static final String NAME = "tidemark-reembed";

  /** Rows that keep coming without a vector do not keep the job from ending. */
  private static final int ROUNDS_MAX = 10;

  @Override
  public JobKind kind() {
    return JobKind.REEMBED;
  }

  @Override
  public List<JobOption> options() {
    return ReembedOptions.ALL;
  }

  @Override
  public void check(Map<String, String> options, boolean all) {
    JobOption.check(this, options);
    ReembedOptions unused = ReembedOptions.parse(options);
    if (all) {
      throw TidemarkException.invalid("reembed: it is of one collection, name it");
    }
  }

  @Override
  public JobReport run(JobContext context) throws Exception {
    check(context.request().options(), context.request().collection().isEmpty());
    ReembedOptions options = ReembedOptions.parse(context.request().options());
    long id =
        context
            .request()
            .collection()
            .orElseThrow(() -> TidemarkException.invalid("reembed: name one collection"));
    try (Lake lake = Lake.open(context.lake())) {
      CollectionInfo collection =
          lake.collectionById(id)
              .orElseThrow(() ->
                  new TidemarkException(
                      ErrorCode.COLLECTION_NOT_FOUND,
                      "collection not found[collection=" + id + "]"));
      LakeTable table = lake.table(collection);
      FieldSchema text = options.text(collection);
      FieldSchema vector;
      try (Embedder model = Embedders.open(options.model())) {
        vector = options.vector(collection, model.dimension());
      }
      LOG.info(
          "re-embedding begins collection={} from={} into={} model={}",
          id,
          text.name(),
          vector.name(),
          options.model());
      return rounds(context, options, lake, table);
    }
  }

  private static JobReport rounds(
      JobContext context, ReembedOptions options, Lake lake, LakeTable table) throws Exception {
    long id = table.info().id();
    long start = System.nanoTime();
    // All anew means those of now: what arrives later has the vectors that its writer gave it.
    long youngest =
        options.all()
            ? table.snapshot().files().stream().mapToLong(LakeFile::sequenceNumber).max().orElse(0)
            : Long.MAX_VALUE;
    Set<String> done = new HashSet<>();
    long embedded = 0;
    long rewritten = 0;
    int round = 0;
    boolean complete = false;
    while (round < ROUNDS_MAX) {
      table.refresh();
      List<ReembedTask> tasks =
          ReembedPlanner.plan(
              id,
              table.snapshot().files(),
              lake.registry().list(id),
              done,
              youngest,
              options.segmentRows());
      if (tasks.isEmpty()) {
        complete = true;
        break;
      }
      round++;
      context.progress().stage("embedding, round " + round);
      context.progress().planned(tasks.size(), rows(tasks), 0);
      Map<String, Object> counted = execute(context, options, tasks);
      embedded += ReembedRunner.figure(counted, ReembedRunner.EMBEDDED);
      rewritten += ReembedRunner.figure(counted, ReembedRunner.REWRITTEN);
      for (Object path : (List<?>) counted.getOrDefault(ReembedRunner.DONE, List.of())) {
        done.add((String) path);
      }
    }
    JobReport report =
        JobReport.of(
            "complete",
            complete,
            "rows_embedded",
            embedded,
            "files_rewritten",
            rewritten,
            "rounds",
            round,
            "took_ms",
            (System.nanoTime() - start) / 1_000_000);
    LOG.info("re-embedding done collection={} {}", id, report);
    return report;
  }

  private static long rows(List<ReembedTask> tasks) {
    return tasks.stream().mapToLong(ReembedTask::rows).sum();
  }

  private static Map<String, Object> execute(
      JobContext context, ReembedOptions options, List<ReembedTask> tasks) throws Exception {
    StreamExecutionEnvironment env = context.environments().get();
    BatchRun.configure(env, NAME);
    env.fromData(tasks, TypeInformation.of(ReembedTask.class))
        .name("planned files")
        .uid("reembed-tasks")
        .setParallelism(1)
        .rebalance()
        .process(new ReembedRunner(context.lake(), options))
        .returns(Types.LONG)
        .name("ReembedRunner")
        .uid("reembed-runner")
        .setParallelism(options.parallelism())
        .sinkTo(new DiscardingSink<>())
        .name("figures are accumulators")
        .uid("reembed-figures")
        .setParallelism(options.parallelism());
    return BatchRun.execute(env, NAME, context.progress()).getAllAccumulatorResults();
  }

  /** See {@link JobArguments}; options as in {@link #options}. */
  public static void main(String[] arguments) throws Exception {
    JobReport unused = JobArguments.run(new ReembedJob(), arguments);
  }
}
