package io.tidemark.jobs.coordinate.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.log.LogConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.statefun.sdk.java.types.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.legacy.SinkFunction;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Functions of the SDK on a real cluster, their messages through a real broker. */
class StatefulFunctionHostTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final List<String> OUT = new CopyOnWriteArrayList<>();
  private static final List<SetAside> ASIDE = new CopyOnWriteArrayList<>();
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @TempDir static Path brokerFolder;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private MiniCluster cluster;
  private LogConfig log;
  private EnvelopeProducer producer;
  private JobID job;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = LogAndLake.broker(brokerFolder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open(@InjectMiniCluster MiniCluster flink) throws Exception {
    cluster = flink;
    OUT.clear();
    ASIDE.clear();
    int run = RUNS.incrementAndGet();
    log = new LogConfig(broker.bootstrapServers(), "host-log-" + run, "host-control-" + run, 1);
    CoordinationTopic.ensure(log);
    producer = EnvelopeProducer.open(log);
    start(null);
  }

  @AfterEach
  void close() throws Exception {
    cancel();
    producer.close();
  }

  private void start(String savepoint) throws Exception {
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    settings.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.resolve("chk").toUri().toString());
    if (savepoint != null) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(1);
    SingleOutputStreamOperator<byte[]> functions =
        env.fromSource(Feedback.source(log, 0), WatermarkStrategy.noWatermarks(), "topic")
            .uid("topic")
            .keyBy(Envelope::target, TypeInformation.of(String.class))
            .process(new StatefulFunctionHost(ProbeFunction::registry))
            .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
            .uid("host");
    functions
        .getSideOutput(StatefulFunctionHost.FEEDBACK)
        .sinkTo(Feedback.sink(log))
        .uid("feedback");
    functions
        .getSideOutput(StatefulFunctionHost.ASIDE)
        .addSink(new Collect<>(message -> ASIDE.add(message)));
    functions.addSink(
        new Collect<>(message -> {
          assertThat(Egress.isFor(ProbeFunction.EGRESS, message)).isTrue();
          OUT.add(Egress.value(Types.stringType(), message));
        }));
    job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
    eventually(() -> tasksRun(cluster.getExecutionGraph(job).get()));
  }

  /** A job runs before its tasks do, and knows none of them before it runs. */
  private static boolean tasksRun(AccessExecutionGraph graph) {
    return graph.getState() == JobStatus.RUNNING
        && StreamSupport.stream(graph.getAllExecutionVertices().spliterator(), false)
            .allMatch(task -> task.getExecutionState() == ExecutionState.RUNNING);
  }

  private interface Take<T> extends java.util.function.Consumer<T>, java.io.Serializable {}

  @SuppressWarnings("deprecation") // the shortest way into a list of this process
  private record Collect<T>(Take<T> take) implements SinkFunction<T> {
    @Override
    public void invoke(T value, Context context) {
      take.accept(value);
    }
  }

  private void cancel() throws Exception {
    JobID current = job;
    if (!cluster.getJobStatus(current).get().isGloballyTerminalState()) {
      cluster.cancelJob(current).get();
      eventually(() -> cluster.getJobStatus(current).get().isGloballyTerminalState());
    }
  }

  private void tell(String id, String message) {
    producer.send(ProbeFunction.TYPE, id, Types.stringType(), message);
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.currentTimeMillis() + 120_000;
    while (!condition.call()) {
      if (System.currentTimeMillis() > deadline) {
        throw new AssertionError("not in time; out: " + OUT + " seed " + SEED);
      }
      Thread.sleep(10);
    }
  }

  @Test
  void values_are_each_address_s_own_and_a_message_to_itself_is_taken_before_the_next()
      throws Exception {
    tell("a", "count");
    tell("a", "count");
    tell("b", "count");
    tell("a", "twice:x");
    tell("a", "after");
    eventually(() -> OUT.size() == 6);
    assertThat(OUT)
        .containsExactly("a count 1", "a count 2", "b count 1", "a first x", "a say x", "a after");
  }

  @Test
  void delayed_messages_come_when_they_are_due_unless_they_were_cancelled() throws Exception {
    tell("a", "later:700:t:late");
    tell("a", "later:200:u:early");
    tell("a", "later:300:v:never");
    tell("b", "later:300:v:other");
    tell("a", "later-to:250:c:told");
    tell("a", "cancel:v");
    tell("a", "cancel:unknown");
    eventually(() -> OUT.contains("a late"));
    assertThat(OUT).containsExactlyInAnyOrder("a early", "b other", "c told", "a late");
    assertThat(OUT.getLast()).isEqualTo("a late");
  }

  @Test
  void values_expire_after_they_were_written_or_after_the_last_call() throws Exception {
    tell("a", "write");
    tell("a", "read");
    eventually(() -> OUT.size() == 1);
    assertThat(OUT.getFirst()).isEqualTo("a written true called true");
    eventually(() -> {
      Thread.sleep(100);
      tell("a", "read");
      return OUT.getLast().startsWith("a written false");
    });
    assertThat(OUT.getLast()).isEqualTo("a written false called true");
    Thread.sleep(1500);
    tell("a", "read");
    eventually(() -> OUT.getLast().equals("a written false called false"));
  }

  @Test
  void a_message_that_its_function_cannot_take_is_set_aside_and_leaves_no_trace() throws Exception {
    try (KafkaProducer<byte[], byte[]> raw =
        new KafkaProducer<>(
            java.util.Map.of("bootstrap.servers", log.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      raw.send(new ProducerRecord<>(CoordinationTopic.name(log), new byte[] {1, 2, 3})).get();
    }
    tell("a", "fail");
    tell("a", "count");
    eventually(() -> OUT.size() == 1);
    assertThat(OUT).containsExactly("a count 1");
    eventually(() -> !ASIDE.isEmpty());
    assertThat(ASIDE)
        .singleElement()
        .satisfies(aside -> {
          assertThat(aside.target()).isEqualTo("test/probe/a");
          assertThat(aside.reason()).contains("told to fail");
        });
  }

  @Test
  void no_message_is_lost_and_none_overtakes_over_savepoints_and_checkpoints() throws Exception {
    Random random = new Random(SEED);
    int messages = 200;
    List<Integer> stops = new ArrayList<>(List.of(60, 130));
    for (int i = 0; i < messages; i++) {
      if (random.nextInt(10) == 0) {
        tell("source", "later-to:" + random.nextInt(400) + ":sink:delayed " + i);
      } else {
        tell("source", "tell:sink:" + i);
      }
      if (stops.contains(i)) {
        Thread.sleep(random.nextInt(100));
        String savepoint =
            cluster
                .stopWithSavepoint(
                    job,
                    folder.resolve("savepoints").toUri().toString(),
                    false,
                    SavepointFormatType.CANONICAL)
                .get();
        JobID stopped = job;
        eventually(() -> cluster.getJobStatus(stopped).get().isGloballyTerminalState());
        start(savepoint);
      }
    }
    eventually(() ->
        new TreeSet<>(OUT.stream().map(StatefulFunctionHostTest::number).toList()).size()
            == messages);
    List<Integer> direct =
        OUT.stream()
            .filter(text -> !text.contains("delayed"))
            .map(StatefulFunctionHostTest::number)
            .distinct()
            .toList();
    assertThat(direct).as("seed %d", SEED).isSorted();
  }

  private static int number(String out) {
    return Integer.parseInt(out.substring(out.lastIndexOf(' ') + 1));
  }
}
