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
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.jobs.run.StoreArguments;
import io.tidemark.jobs.stream.Checkpoints;
import io.tidemark.jobs.stream.StreamingJob;
import io.tidemark.jobs.stream.StreamingRun;
import io.tidemark.model.control.ControlKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
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

  /** To be run or supervised. */
  public static StreamingJob of(CoordinatorConfig config) {
    return new StreamingJob() {
      @Override
      public String name() {
        return NAME;
      }

      @Override
      public void define(StreamExecutionEnvironment env) {
        CoordinatorJob.define(env, config);
      }

      @Override
      public Optional<String> resumeFrom() throws IOException {
        return CoordinatorJob.resumeFrom(config);
      }
    };
  }

  /** Adds the job's operators, and its settings; makes the coordination topic. */
  public static void define(StreamExecutionEnvironment env, CoordinatorConfig config) {
    define(
        env,
        config,
        new ClusterJobs(config.lake(), config.log(), config.cluster(), config.jobDefaults()));
  }

  static void define(StreamExecutionEnvironment env, CoordinatorConfig config, JobRunner runner) {
    CoordinationTopic.ensure(config.log());
    env.configure(StreamingRun.settings(NAME, config.checkpoints(), config.checkpointInterval()));
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

  /** The checkpoint a new run goes on from: the newest. Leftovers of other runs are removed. */
  public static Optional<String> resumeFrom(CoordinatorConfig config) throws IOException {
    Optional<String> checkpoint = Checkpoints.newest(config.checkpoints());
    Checkpoints.discardOthers(config.checkpoints(), checkpoint);
    return checkpoint;
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
    StreamingRun.execute(of(config(given)), given.getBoolean("from-nothing", false));
  }

  static CoordinatorConfig config(ParameterTool given) {
    CoordinatorPolicy policy =
        CoordinatorPolicy.DEFAULTS
            .withLimits(IndexLimits.of(new OptionValues("coordinator", given.toMap())))
            .withJobsAtOnce(given.getInt("jobs-at-once", CoordinatorPolicy.DEFAULTS.jobsAtOnce()));
    CoordinatorConfig config =
        CoordinatorConfig.defaults(
                StoreArguments.log(given),
                StoreArguments.lake(given),
                given.getRequired("checkpoints"),
                FlinkAddress.parse(given.getRequired("rest"), given.get("jars", "")))
            .withPolicy(policy);
    return given.has("schedules")
        ? config.withSchedules(Schedules.load(Path.of(given.getRequired("schedules"))))
        : config;
  }
}
