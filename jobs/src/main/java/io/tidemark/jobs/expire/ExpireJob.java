package io.tidemark.jobs.expire;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.jobs.run.JobArguments;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.log.LogConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Removes what nobody can ask for any more: {@code ExpirePlanner → ExpireRunner} per collection,
 * then {@code ExpireCommitter} for what all of them share. Every step is a commit or a delete of
 * its own that may be repeated.
 */
public final class ExpireJob implements MaintenanceJob {
  public static final String NAME = "tidemark-expire";

  /** Prefix of the accumulators that become figures of the report. */
  static final String FIGURE = "tidemark.expire.";

  /** Adds the job's operators, and its settings. */
  static void define(
      StreamExecutionEnvironment env,
      JobContext context,
      ExpireOptions options,
      List<ExpireTask> tasks) {
    BatchRun.configure(env, NAME);
    env.fromData(tasks, TypeInformation.of(ExpireTask.class))
        .name("collections")
        .uid("expire-tasks")
        .setParallelism(1)
        .rebalance()
        .process(new ExpireRunner(context.lake(), options))
        .returns(TypeInformation.of(ExpireTask.class))
        .name("ExpireRunner")
        .uid("expire-runner")
        .setParallelism(options.parallelism())
        .sinkTo(new DiscardingSink<>())
        .name("done")
        .uid("expire-done")
        .setParallelism(1);
  }

  @Override
  public JobKind kind() {
    return JobKind.EXPIRE;
  }

  @Override
  public List<JobOption> options() {
    return Stream.concat(
            Stream.of(
                new JobOption(
                    "snapshot-age",
                    "DURATION",
                    "each table's own, 1h",
                    "snapshots older than this go"),
                new JobOption(
                    "snapshots-min", "N", "each table's own, 1", "but so many newest ones stay"),
                new JobOption(
                    "grace",
                    "DURATION",
                    "24h",
                    "files that nothing names go when so old, 12h at least"),
                new JobOption(
                    "log-keep",
                    "DURATION",
                    "1h",
                    "so much of the log stays behind what could be trimmed"),
                new JobOption("parallelism", "N", "1", "collections worked on side by side")),
            Stream.of(ExpireStep.values())
                .map(step -> new JobOption(step.option(), "BOOLEAN", "true", step.about())))
        .toList();
  }

  @Override
  public void check(Map<String, String> options, boolean all) {
    JobOption.check(this, options);
    ExpireOptions unused = ExpireOptions.of(options);
  }

  /**
   * Options: {@code rows}, {@code snapshots}, {@code registry}, {@code orphans}, {@code control},
   * {@code log}: whether that step runs (true); {@code snapshot-age} and {@code snapshots-min}
   * (each table's own, 1 h and 1); {@code grace} of what nothing names (24h, at least 12h); {@code
   * log-keep} (1h); {@code parallelism} (1). Without the log's address, and for a single
   * collection, the steps that concern all collections are left out.
   */
  @Override
  public JobReport run(JobContext context) throws Exception {
    JobRequest request = context.request();
    ExpireOptions options = ExpireOptions.of(request.options());
    Optional<LogConfig> log = context.logConfig();
    try (Lake lake = Lake.open(context.lake())) {
      if (log.isEmpty()) {
        return run(context, options, lake, Optional.empty());
      }
      try (ControlStore control = KafkaControlStore.open(log.get())) {
        control.refresh();
        return run(context, options, lake, Optional.of(control));
      }
    }
  }

  private static JobReport run(
      JobContext context, ExpireOptions options, Lake lake, Optional<ControlStore> control)
      throws Exception {
    long nowMs = System.currentTimeMillis();
    Optional<Long> collection = context.request().collection();
    List<ExpireTask> tasks = ExpirePlanner.plan(lake, control.orElse(null), collection, nowMs);
    context.progress().planned(tasks.size(), 0, 0);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("collections", tasks.size());
    if (!tasks.isEmpty()) {
      context.progress().stage("expiring collections");
      StreamExecutionEnvironment env = context.environments().get();
      define(env, context, options, tasks);
      figures.putAll(figures(BatchRun.execute(env, NAME, context.progress())));
    }
    if (collection.isEmpty()) {
      context.progress().stage("expiring what collections share");
      ExpireCommitter committer = new ExpireCommitter(lake, context.lake(), options, nowMs);
      committer.files(figures);
      if (control.isPresent()) {
        committer.log(control.get(), context.requireLog(), figures);
      }
    }
    return JobReport.of(
        figures.entrySet().stream()
            .flatMap(figure -> Stream.of(figure.getKey(), figure.getValue()))
            .toArray());
  }

  private static Map<String, Object> figures(JobExecutionResult result) {
    Map<String, Object> figures = new TreeMap<>();
    result
        .getAllAccumulatorResults()
        .forEach((name, value) -> {
          if (name.startsWith(FIGURE)) {
            figures.put(name.substring(FIGURE.length()), value);
          }
        });
    return figures;
  }

  /** See {@link JobArguments}; options as in {@link #run}. */
  public static void main(String[] arguments) throws Exception {
    JobArguments.run(new ExpireJob(), arguments);
  }
}
