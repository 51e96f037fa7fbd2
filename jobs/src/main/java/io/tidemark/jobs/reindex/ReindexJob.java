package io.tidemark.jobs.reindex;

import io.tidemark.jobs.index.IndexConfig;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.index.IndexOptions;
import io.tidemark.jobs.index.IndexTask;
import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.Metric;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a field's index by another while the old one serves: records the new definition as a
 * candidate, builds its files beside the old ones for all standing segments, compares the recall of
 * both with exact search on sampled rows, and makes it the index in use in one commit if it is good
 * enough. The old one is kept as the previous, to go back to.
 *
 * <p>What an earlier run built goes on being used: killed anywhere, the next run of the same
 * request continues, one of another request drops the candidate and begins its own. A segment that
 * arrives meanwhile gets files of both. An index that its user drops or makes anew meanwhile wins.
 */
public final class ReindexJob implements MaintenanceJob {
  private static final Logger LOG = LoggerFactory.getLogger(ReindexJob.class);
  private static final String BUILD = "tidemark-reindex-build";
  private static final String COMPARE = "tidemark-reindex-compare";

  /** Every segment that arrives gets both indexes, so what is missing soon is nothing. */
  private static final int ROUNDS_MAX = 50;

  /** What to do with an index without files is never exhausted: new segments keep coming. */
  private static final int ROUNDS_WITHOUT_FILES = 2;

  @Override
  public JobKind kind() {
    return JobKind.REINDEX;
  }

  @Override
  public List<JobOption> options() {
    return ReindexOptions.ALL;
  }

  @Override
  public void check(Map<String, String> options, boolean all) {
    JobOption.check(this, options);
    ReindexOptions unused = ReindexOptions.parse(options);
    OptionValues values = new OptionValues(kind().command(), options);
    IndexOptions unusedToo = IndexOptions.of(values);
    values.text("metric", "that of the index in use").ifPresent(Metric::parse);
    if (all) {
      throw TidemarkException.invalid("reindex: it is of one collection, name it");
    }
  }

  @Override
  public JobReport run(JobContext context) throws Exception {
    JobRequest request = context.request();
    check(request.options(), request.collection().isEmpty());
    ReindexOptions options = ReindexOptions.parse(request.options());
    try (Lake lake = Lake.open(context.lake())) {
      CollectionInfo collection = collection(lake, request);
      return new Run(context, options, lake, collection).run();
    }
  }

  private static CollectionInfo collection(Lake lake, JobRequest request) {
    long id =
        request
            .collection()
            .orElseThrow(() -> TidemarkException.invalid("reindex: name one collection"));
    return lake.collectionById(id)
        .orElseThrow(() ->
            new TidemarkException(
                ErrorCode.COLLECTION_NOT_FOUND, "collection not found[collection=" + id + "]"));
  }

  /** See {@link JobArguments}; options as in {@link #options}. */
  public static void main(String[] arguments) throws Exception {
    JobReport unused = JobArguments.run(new ReindexJob(), arguments);
  }

  /** One run on one collection. */
  private static final class Run {
    private final JobContext context;
    private final ReindexOptions options;
    private final Lake lake;
    private final CollectionInfo collection;
    private final ReindexCommitter committer;

    Run(JobContext context, ReindexOptions options, Lake lake, CollectionInfo collection) {
      this.context = context;
      this.options = options;
      this.lake = lake;
      this.collection = collection;
      this.committer = new ReindexCommitter(lake, collection);
    }

    JobReport run() throws Exception {
      IndexDefinition old = ReindexPlanner.inUse(collection, options);
      if (options.rollback()) {
        IndexDefinition used = committer.rollBack(old);
        LOG.info("index rolled back collection={} index={}", collection.id(), used.id());
        return JobReport.of("outcome", "rolled_back", "index", text(used), "previous", text(old));
      }
      if (options.abandon()) {
        return abandon(old);
      }
      IndexDefinition wanted =
          ReindexPlanner.next(
              collection.schema().field(old.fieldId()).orElseThrow(),
              old,
              options,
              context.request().option("metric"),
              newId(collection));
      Optional<IndexDefinition> candidate = committer.begin(old, wanted);
      if (candidate.isEmpty()) {
        return overtaken(old, wanted);
      }
      LOG.info(
          "reindex begins collection={} old={} candidate={}",
          collection.id(),
          text(old),
          text(candidate.get()));
      return replace(old, candidate.get());
    }

    private JobReport abandon(IndexDefinition old) {
      Optional<IndexDefinition> candidate =
          ReindexCommitter.of(collection.candidates(), old.fieldId());
      boolean dropped = candidate.map(committer::drop).orElse(false);
      return JobReport.of("outcome", dropped ? "abandoned" : "nothing_to_abandon");
    }

    private JobReport overtaken(IndexDefinition old, IndexDefinition candidate) {
      committer.drop(candidate);
      LOG.info("reindex overtaken collection={} old={}", collection.id(), old.id());
      return JobReport.of(
          "outcome",
          "overtaken",
          "reason",
          "index "
              + old.name()
              + " was dropped, made anew or switched meanwhile; nothing is changed by this run");
    }

    private JobReport replace(IndexDefinition old, IndexDefinition candidate) throws Exception {
      long built = 0;
      if (candidate.type().builds()) {
        built = build(old, candidate);
      }
      CollectionInfo now = lake.collectionById(collection.id()).orElse(collection);
      if (!ReindexCommitter.isInUse(now, old) || !ReindexCommitter.isCandidate(now, candidate)) {
        return overtaken(old, candidate);
      }
      context.progress().stage("comparing recall");
      List<RecallTask> tasks =
          ReindexPlanner.compare(
              now,
              lake.table(now).snapshot().files(),
              lake.registry().list(now.id()),
              old,
              candidate,
              options);
      RecallFigures before = new RecallFigures(0, 0, 0, 0);
      RecallFigures after = before;
      if (!tasks.isEmpty()) {
        Map<String, Object> measured = compare(tasks);
        before = ReindexRunner.before(measured);
        after = ReindexRunner.after(measured);
      }
      return decide(old, candidate, built, before, after);
    }

    /** Builds until the candidate covers what the index in use covers. */
    private long build(IndexDefinition old, IndexDefinition candidate) throws Exception {
      IndexConfig config =
          IndexOptions.of(new OptionValues("reindex", context.request().options()))
              .on(context.lake());
      long built = 0;
      for (int round = 1; ; round++) {
        List<IndexTask> missing =
            ReindexPlanner.missing(
                IndexJob.plan(lake, config.limits(), Optional.of(collection.id()), false),
                lake.registry().list(collection.id()),
                old,
                candidate);
        boolean enough = !old.type().builds() && round > ROUNDS_WITHOUT_FILES;
        if (missing.isEmpty() || enough) {
          return built;
        }
        if (round > ROUNDS_MAX) {
          throw new IllegalStateException(
              "after "
                  + ROUNDS_MAX
                  + " rounds "
                  + missing.size()
                  + " segments still lack the new index; run it again, it goes on from here");
        }
        context.progress().stage("building, round " + round);
        context
            .progress()
            .planned(missing.size(), missing.stream().mapToLong(IndexTask::rows).sum(), 0);
        StreamExecutionEnvironment env = context.environments().get();
        IndexJob.define(env, config, missing);
        var unused = BatchRun.execute(env, BUILD, context.progress());
        built += missing.size();
      }
    }

    private Map<String, Object> compare(List<RecallTask> tasks) throws Exception {
      StreamExecutionEnvironment env = context.environments().get();
      BatchRun.configure(env, COMPARE);
      env.fromData(tasks, TypeInformation.of(RecallTask.class))
          .name("segments to compare")
          .uid("reindex-tasks")
          .setParallelism(1)
          .rebalance()
          .process(new ReindexRunner(context.lake()))
          .returns(Types.LONG)
          .name("ReindexRunner")
          .uid("reindex-runner")
          .setParallelism(1)
          .sinkTo(new DiscardingSink<>())
          .name("figures are accumulators")
          .uid("reindex-figures")
          .setParallelism(1);
      return BatchRun.execute(env, COMPARE, context.progress()).getAllAccumulatorResults();
    }

    private JobReport decide(
        IndexDefinition old,
        IndexDefinition candidate,
        long built,
        RecallFigures before,
        RecallFigures after) {
      double bar =
          options.recallMin().orElse(Math.max(0, before.recall() - ReindexOptions.RECALL_SLACK));
      String outcome;
      if (after.recall() < bar) {
        outcome = committer.drop(candidate) ? "dropped_below_recall_min" : "overtaken";
      } else if (!options.switches()) {
        outcome = "compared";
      } else {
        outcome = committer.switchTo(old, candidate) ? "switched" : "overtaken";
      }
      if (outcome.equals("overtaken")) {
        return overtaken(old, candidate);
      }
      JobReport report =
          JobReport.of(
              "outcome",
              outcome,
              "index",
              text(candidate),
              "previous",
              text(old),
              "segments_built",
              built,
              "queries",
              after.queries(),
              "recall_new",
              share(after.recall()),
              "recall_old",
              share(before.recall()),
              "recall_min",
              share(bar),
              "latency_new_us",
              after.meanMicros(),
              "latency_old_us",
              before.meanMicros());
      LOG.info("reindex done collection={} {}", collection.id(), report);
      return report;
    }

    private static String share(double value) {
      return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String text(IndexDefinition index) {
      return index.type() + "(" + index.id() + ")" + new java.util.TreeMap<>(index.parameters());
    }

    /** A hybrid timestamp that none of the collection's indexes has. */
    private static long newId(CollectionInfo collection) {
      long newest =
          collection.keptIndexes().stream().mapToLong(IndexDefinition::id).max().orElse(0);
      return Math.max(HybridTimestamp.ofMillis(System.currentTimeMillis()), newest + 1);
    }
  }
}
