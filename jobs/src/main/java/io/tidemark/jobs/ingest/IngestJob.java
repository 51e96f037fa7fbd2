package io.tidemark.jobs.ingest;

import io.tidemark.connectors.lake.AsideCollections;
import io.tidemark.connectors.lake.CommitStep;
import io.tidemark.connectors.lake.LakePositionLookup;
import io.tidemark.connectors.lake.SegmentSink;
import io.tidemark.connectors.log.LogSource;
import io.tidemark.engine.window.NetEffect;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.log.WindowedLog;
import io.tidemark.operators.window.VChannel;
import io.tidemark.operators.window.WindowLog;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log into the lake: {@code LogSource → WindowLog → SegmentFileWriter → SegmentCommitter →
 * PositionPublisher}. One job serves all collections, those made while it runs included.
 */
public final class IngestJob {
  public static final String NAME = "tidemark-ingest";

  private static final Logger LOG = LoggerFactory.getLogger(IngestJob.class);
  private static final long PROGRESS_EVERY_MS = 1000;

  private IngestJob() {}

  /** Adds the job's operators, and its settings. */
  public static void define(StreamExecutionEnvironment env, IngestConfig config) {
    define(env, config, CommitStep::intoLake);
  }

  static void define(StreamExecutionEnvironment env, IngestConfig config, CommitStep commit) {
    env.configure(settings(config));
    DataStream<WindowedLog> windows =
        LogSource.read(env, config.log(), config.parallelism())
            .keyBy(VChannel::of, TypeInformation.of(VChannel.class))
            .transform(
                "WindowLog",
                TypeInformation.of(WindowedLog.class),
                new WindowLog(
                    config.windowLimits(),
                    LakePositionLookup.opener(config.lakeAccess()),
                    PROGRESS_EVERY_MS))
            .uid("window")
            .setParallelism(config.parallelism());
    SegmentSink.append(
        windows,
        config.lakeAccess(),
        NetEffect::of,
        config.fileBytesTarget(),
        config.parallelism(),
        commit);
  }

  /**
   * Settings of the job: exactly-once checkpoints in a folder of its own, kept when it is
   * cancelled; restarts with growing pauses. It fails for good only if it could not stay up for ten
   * attempts: then it is to be started without a checkpoint.
   */
  static Configuration settings(IngestConfig config) {
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

  /**
   * The checkpoint a new run goes on from: the newest, unless something is set aside, which only a
   * run without one tries again. Leftovers of other runs are removed.
   */
  public static Optional<String> resumeFrom(IngestConfig config) throws IOException {
    Optional<String> checkpoint = Checkpoints.newest(config.checkpoints());
    try (ControlStore control = KafkaControlStore.open(config.log())) {
      control.refresh();
      if (checkpoint.isPresent() && AsideCollections.any(control)) {
        LOG.info(
            "shards are set aside, so the log is read from their positions instead of checkpoint={}",
            checkpoint.get());
        checkpoint = Optional.empty();
      }
    }
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
   * --bootstrap HOST:PORT  --catalog JDBC_URI  --warehouse URI  --checkpoints URI
   * [--pchannels 2] [--window-ms 10000] [--parallelism N] [--catalog.KEY VALUE]…  [--hadoop-conf FILE]  [--from-log true]
   * </pre>
   *
   * With {@code --from-log} no checkpoint is used: log and lake are enough.
   */
  public static void main(String[] arguments) throws Exception {
    ParameterTool given = ParameterTool.fromArgs(arguments);
    IngestConfig config = config(given);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    define(env, config);
    if (!given.getBoolean("from-log", false)) {
      resumeFrom(config).ifPresent(checkpoint -> resume(env, checkpoint));
    }
    env.execute(NAME);
  }

  static IngestConfig config(ParameterTool given) {
    LogConfig defaults = LogConfig.of(given.getRequired("bootstrap"));
    LogConfig log =
        new LogConfig(
            defaults.bootstrapServers(),
            defaults.dataTopic(),
            defaults.controlTopic(),
            given.getInt("pchannels", defaults.pchannels()));
    Map<String, String> catalog = new java.util.HashMap<>();
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
    IngestConfig config = IngestConfig.defaults(log, lake, given.getRequired("checkpoints"));
    return config
        .withWindow(Duration.ofMillis(given.getLong("window-ms", config.window().toMillis())))
        .withParallelism(given.getInt("parallelism", config.parallelism()));
  }
}
