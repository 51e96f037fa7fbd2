package io.tidemark.jobs.ingest;

import io.tidemark.connectors.lake.AsideCollections;
import io.tidemark.connectors.lake.CommitStep;
import io.tidemark.connectors.lake.LakePositionLookup;
import io.tidemark.connectors.lake.SegmentSink;
import io.tidemark.connectors.log.LogSource;
import io.tidemark.engine.window.NetEffect;
import io.tidemark.jobs.run.StoreArguments;
import io.tidemark.jobs.stream.Checkpoints;
import io.tidemark.jobs.stream.StreamingJob;
import io.tidemark.jobs.stream.StreamingRun;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.log.WindowedLog;
import io.tidemark.operators.window.VChannel;
import io.tidemark.operators.window.WindowLog;
import io.tidemark.stores.control.KafkaControlStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
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

  /** To be run or supervised. */
  public static StreamingJob of(IngestConfig config) {
    return new StreamingJob() {
      @Override
      public String name() {
        return NAME;
      }

      @Override
      public void define(StreamExecutionEnvironment env) {
        IngestJob.define(env, config);
      }

      @Override
      public Optional<String> resumeFrom() throws IOException {
        return IngestJob.resumeFrom(config);
      }
    };
  }

  /** Adds the job's operators, and its settings. */
  public static void define(StreamExecutionEnvironment env, IngestConfig config) {
    define(env, config, CommitStep::intoLake);
  }

  static void define(StreamExecutionEnvironment env, IngestConfig config, CommitStep commit) {
    env.configure(StreamingRun.settings(NAME, config.checkpoints(), config.checkpointInterval()));
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
    StreamingRun.execute(of(config(given)), given.getBoolean("from-log", false));
  }

  static IngestConfig config(ParameterTool given) {
    IngestConfig config =
        IngestConfig.defaults(
            StoreArguments.log(given),
            StoreArguments.lake(given),
            given.getRequired("checkpoints"));
    return config
        .withWindow(Duration.ofMillis(given.getLong("window-ms", config.window().toMillis())))
        .withParallelism(given.getInt("parallelism", config.parallelism()));
  }
}
