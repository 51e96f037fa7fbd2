package io.tidemark.jobs.coordinate;

import io.tidemark.jobs.coordinate.function.CoordinatorFunctions;
import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.function.JobOrder;
import io.tidemark.jobs.coordinate.function.StateChange;
import io.tidemark.jobs.coordinate.host.CoordinationTopic;
import io.tidemark.jobs.coordinate.host.Egress;
import io.tidemark.jobs.coordinate.host.Envelope;
import io.tidemark.jobs.coordinate.host.Feedback;
import io.tidemark.jobs.coordinate.host.SetAside;
import io.tidemark.jobs.coordinate.host.StatefulFunctionHost;
import io.tidemark.jobs.coordinate.launch.ClusterJobs;
import io.tidemark.jobs.coordinate.launch.FlinkAddress;
import io.tidemark.jobs.coordinate.launch.JobLauncher;
import io.tidemark.jobs.coordinate.launch.JobRunner;
import io.tidemark.jobs.coordinate.launch.StateWriter;
import io.tidemark.jobs.coordinate.observe.Observer;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.coordinate.schedule.Schedules;
import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.jobs.ingest.Checkpoints;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;

/**
 * The job that decides when batch jobs run: observer and coordination topic → stateful functions →
 * launcher, record writer, and back through the topic. See {@code docs/coordinator.md}.
 */
public final class CoordinatorJob {
  public static final String NAME = "tidemark-coordinator";

  /** Without a checkpoint, messages from so long before the start are read too. */
  private static final long START_SLACK_MS = 2_000;

  private static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

  private CoordinatorJob() {}

  /** Adds the job's operators, and its settings; makes the coordination topic. */
  public static void define(StreamExecutionEnvironment env, CoordinatorConfig config) {
    define(
        env,
        config,
        new ClusterJobs(config.lake(), config.log(), config.cluster(), config.jobDefaults()));
  }

  static void define(StreamExecutionEnvironment env, CoordinatorConfig config, JobRunner runner) {
    CoordinationTopic.ensure(config.log());
    env.configure(settings(config));
    env.setParallelism(1);
    DataStream<byte[]> messages =
        env.fromSource(
                Feedback.source(config.log(), System.currentTimeMillis() - START_SLACK_MS),
                WatermarkStrategy.noWatermarks(),
                "CoordinationTopic")
            .uid("coordination-topic");
    DataStream<byte[]> observed =
        env.fromSource(
                Observer.source(
                    config.log(),
                    config.lake(),
                    config.policy(),
                    config.schedules(),
                    config.lookEvery()),
                WatermarkStrategy.noWatermarks(),
                "Observer",
                BYTES)
            .uid("observer");
    SingleOutputStreamOperator<byte[]> functions =
        messages
            .union(observed)
            .keyBy(Envelope::target, Types.STRING)
            .process(new StatefulFunctionHost(new CoordinatorFunctions(config.policy())))
            .returns(BYTES)
            .name("StatefulFunctions")
            .uid("functions");
    functions
        .getSideOutput(StatefulFunctionHost.FEEDBACK)
        .sinkTo(Feedback.sink(config.log()))
        .name("Feedback")
        .uid("feedback");
    // A task of its own each: functions wait neither for the control store nor for a launch.
    functions
        .filter(message -> Egress.isFor(JobOrder.EGRESS, message))
        .startNewChain()
        .name("job orders")
        .uid("job-orders")
        .sinkTo(new JobLauncher(config.log(), runner))
        .name("JobLauncher")
        .uid("job-launcher");
    functions
        .flatMap((byte[] message, org.apache.flink.util.Collector<StateChange> out) -> {
          if (Egress.isFor(StateChange.EGRESS, message)) {
            out.collect(Egress.value(StateChange.TYPE, message));
          }
        })
        .returns(TypeInformation.of(StateChange.class))
        .startNewChain()
        .name("state changes")
        .uid("state-changes")
        .union(
            functions
                .getSideOutput(StatefulFunctionHost.ASIDE)
                .map(CoordinatorJob::record)
                .returns(TypeInformation.of(StateChange.class))
                .name("set aside")
                .uid("set-aside"))
        .sinkTo(new StateWriter(config.log()))
        .name("StateWriter")
        .uid("state-writer");
  }

  private static StateChange record(SetAside message) {
    return new StateChange(
        ControlKeys.POISON + message.target() + "/" + message.timeMs(), RecordJson.write(message));
  }

  /**
   * Exactly-once state, kept when the job is cancelled; restarts with growing pauses. It fails for
   * good only if it could not stay up for ten attempts: then it is to be started without a
   * checkpoint.
   */
  static Configuration settings(CoordinatorConfig config) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.NAME, NAME);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ZERO);
    settings.set(PipelineOptions.MAX_PARALLELISM, 128);
    settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, config.checkpoints());
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
    settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 10);
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(1));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, 10);
    return settings;
  }

  /** The checkpoint a new run goes on from: the newest. Leftovers of other runs are removed. */
  public static Optional<String> resumeFrom(CoordinatorConfig config) throws IOException {
    Optional<String> checkpoint = Checkpoints.newest(config.checkpoints());
    Checkpoints.discardOthers(config.checkpoints(), checkpoint);
    return checkpoint;
  }

  /** Makes the next job of {@code env} go on from a checkpoint, which becomes its own. */
  public static void resume(StreamExecutionEnvironment env, String checkpoint) {
    Configuration settings = new Configuration();
    settings.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
    settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
    env.configure(settings);
  }

  /**
   * Runs the job on the cluster it is submitted to.
   *
   * <pre>
   * --bootstrap HOST:PORT  --catalog JDBC_URI  --warehouse URI  --checkpoints URI  --rest HOST:PORT
   * [--jars URI,URI…]  [--schedules FILE]  [--jobs-at-once 1]  [--pchannels 2]  [--catalog.KEY VALUE]…
   * [--segment-bytes N] [--segment-rows N] [--segment-idle-seconds N] [--index-rows-min N]
   * [--from-nothing true]
   * </pre>
   *
   * {@code --rest} is the cluster that runs the batch jobs, {@code --jars} what they need there.
   * With {@code --from-nothing} no checkpoint is used: lake and control store are enough.
   */
  public static void main(String[] arguments) throws Exception {
    ParameterTool given = ParameterTool.fromArgs(arguments);
    CoordinatorConfig config = config(given);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    define(env, config);
    if (!given.getBoolean("from-nothing", false)) {
      resumeFrom(config).ifPresent(checkpoint -> resume(env, checkpoint));
    }
    env.execute(NAME);
  }

  static CoordinatorConfig config(ParameterTool given) {
    LogConfig defaults = LogConfig.of(given.getRequired("bootstrap"));
    LogConfig log =
        new LogConfig(
            defaults.bootstrapServers(),
            defaults.dataTopic(),
            defaults.controlTopic(),
            given.getInt("pchannels", defaults.pchannels()));
    Map<String, String> catalog = new HashMap<>();
    given
        .toMap()
        .forEach((key, value) -> {
          if (key.startsWith("catalog.")) {
            catalog.put(key.substring("catalog.".length()), value);
          }
        });
    LakeConfig lake =
        LakeConfig.jdbc(
            given.getRequired("catalog"),
            given.getRequired("warehouse"),
            catalog,
            given.has("hadoop-conf") ? Path.of(given.getRequired("hadoop-conf")) : null);
    CoordinatorPolicy policy =
        CoordinatorPolicy.DEFAULTS
            .withLimits(IndexLimits.of(given.toMap()))
            .withJobsAtOnce(given.getInt("jobs-at-once", CoordinatorPolicy.DEFAULTS.jobsAtOnce()));
    CoordinatorConfig config =
        CoordinatorConfig.defaults(
                log,
                lake,
                given.getRequired("checkpoints"),
                FlinkAddress.parse(given.getRequired("rest"), given.get("jars", "")))
            .withPolicy(policy);
    return given.has("schedules")
        ? config.withSchedules(Schedules.load(Path.of(given.getRequired("schedules"))))
        : config;
  }
}
