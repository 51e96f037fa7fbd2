package io.tidemark.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.connectors.lake.CommitStep;
import io.tidemark.connectors.lake.SegmentFileWriter;
import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.stream.Checkpoints;
import io.tidemark.jobs.stream.JobSupervisor;
import io.tidemark.jobs.stream.StreamingRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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

class IngestJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @TempDir static Path brokerFolder;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private LogAndLake system;
  private IngestConfig config;
  private MiniCluster cluster;
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
  void open(@InjectMiniCluster MiniCluster flink) {
    cluster = flink;
    system = new LogAndLake(broker, folder);
    config =
        IngestConfig.defaults(system.log, system.lakeConfig, checkpoints())
            .withWindow(Duration.ofMillis(500))
            .withCheckpointInterval(Duration.ofMillis(300));
  }

  @AfterEach
  void close() throws Exception {
    if (job != null) {
      cancel();
    }
    system.close();
  }

  private String checkpoints() {
    return folder.resolve("checkpoints").toUri().toString();
  }

  @Test
  void every_row_is_in_the_table_once_after_its_window_has_ended() throws Exception {
    CollectionInfo books = system.create("books");
    start(Optional.empty());
    for (int i = 0; i < 20; i++) {
      system.insert(books, "a", LongStream.range(i * 10L, i * 10L + 10).toArray());
      Thread.sleep(30);
    }
    eventually(() -> system.live(books).size() == 200);
    assertThat(system.live(books)).isEqualTo(expected("a", LongStream.range(0, 200).toArray()));
  }

  @Test
  void upserts_and_deletes_hit_rows_of_earlier_windows_and_of_their_own() throws Exception {
    CollectionInfo books = system.create("books");
    start(Optional.empty());
    system.insert(books, "a", 1, 2, 3, 4, 5, 6);
    flushed(books);
    system.upsert(books, "b", 1, 2, 7);
    system.delete(books, 3, 4, 7);
    system.insert(books, "c", 4);
    flushed(books);
    Map<Long, List<String>> expected = expected("a", 5, 6);
    expected.putAll(expected("b", 1, 2));
    expected.putAll(expected("c", 4));
    assertThat(system.live(books)).isEqualTo(expected);
  }

  @Test
  void a_flush_is_committed_though_the_window_is_long() throws Exception {
    config = config.withWindow(Duration.ofMinutes(10));
    CollectionInfo books = system.create("books");
    start(Optional.empty());
    system.insert(books, "a", 1);
    flushed(books);
    system.insert(books, "a", 2, 3);
    flushed(books);
    assertThat(system.live(books)).isEqualTo(expected("a", 1, 2, 3));
    long position = system.lake.table(books).position(0);
    eventually(() -> globalPosition(0) >= position && globalPosition(1) >= position);
  }

  @Test
  void one_job_serves_many_collections_one_made_while_it_runs_and_one_renamed() throws Exception {
    List<CollectionInfo> collections = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      collections.add(system.create("c" + i));
    }
    start(Optional.empty());
    collections.forEach(collection -> system.insert(collection, collection.name() + "-", 1, 2));
    collections.add(system.create("late"));
    system.insert(collections.getLast(), "late-", 1, 2);
    for (CollectionInfo collection : collections) {
      flushed(collection);
      assertThat(system.live(collection)).isEqualTo(expected(collection.name() + "-", 1, 2));
    }
    CollectionInfo renamed = collections.getFirst();
    system.lake.renameCollection(
        renamed, CollectionInfo.DEFAULT_DATABASE, "renamed", system.writers.allocate());
    system.insert(renamed, "c0-", 3);
    flushed(renamed);
    assertThat(system.live(system.lake.collectionById(renamed.id()).orElseThrow()))
        .isEqualTo(expected("c0-", 1, 2, 3));
  }

  @Test
  void a_dropped_collection_does_not_hold_up_the_others() throws Exception {
    CollectionInfo books = system.create("books");
    CollectionInfo songs = system.create("songs");
    start(Optional.empty());
    system.insert(books, "a", 1, 2);
    system.drop(books);
    system.insert(songs, "a", 1, 2);
    long written = system.flush(songs).getFirst();
    eventually(() -> globalPosition(0) >= written);
    assertThat(system.live(songs)).isEqualTo(expected("a", 1, 2));
  }

  @Test
  void failing_before_the_commit_neither_loses_nor_doubles_a_row() throws Exception {
    failing(new FailOnce(true, "before " + System.nanoTime()));
  }

  @Test
  void failing_after_the_commit_neither_loses_nor_doubles_a_row() throws Exception {
    failing(new FailOnce(false, "after " + System.nanoTime()));
  }

  private void failing(FailOnce commit) throws Exception {
    CollectionInfo books = system.create("books");
    start(Optional.empty(), commit);
    // A commit each at least, whatever windows end in between.
    for (int part = 0; part < 3; part++) {
      for (int i = part * 10; i < part * 10 + 10; i++) {
        system.upsert(books, "a", LongStream.range(i * 5L, i * 5L + 10).toArray());
      }
      flushed(books);
    }
    assertThat(FailOnce.count(FailOnce.FAILED, commit.name)).hasValue(1);
    assertThat(system.live(books)).isEqualTo(expected("a", LongStream.range(0, 155).toArray()));
  }

  /** Throws at its third commit, whichever task makes it. */
  private record FailOnce(boolean before, String name) implements CommitStep {
    static final Map<String, AtomicInteger> FAILED = new ConcurrentHashMap<>();
    static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();

    static AtomicInteger count(Map<String, AtomicInteger> counts, String name) {
      return counts.computeIfAbsent(name, each -> new AtomicInteger());
    }

    @Override
    public Outcome commit(
        LakeTable table,
        int shard,
        long from,
        long to,
        SegmentFileWriter.Written files,
        List<String> dropped) {
      boolean fail = count(CALLS, name).incrementAndGet() == 3;
      if (fail && before) {
        throw failure();
      }
      Outcome outcome = CommitStep.intoLake(table, shard, from, to, files, dropped);
      if (fail) {
        throw failure();
      }
      return outcome;
    }

    private IllegalStateException failure() {
      count(FAILED, name).incrementAndGet();
      return new IllegalStateException("failing " + name + " the commit, as the test asked");
    }
  }

  @Test
  void an_old_checkpoint_does_not_bring_back_what_was_committed_since() throws Exception {
    CollectionInfo books = system.create("books");
    start(Optional.empty());
    system.insert(books, "a", 1, 2, 3);
    String old = savedCheckpoint();
    system.delete(books, 2);
    system.insert(books, "a", 4, 5);
    flushed(books);
    cancel();
    system.insert(books, "a", 6);
    start(Optional.of(old));
    flushed(books);
    assertThat(system.live(books)).isEqualTo(expected("a", 1, 3, 4, 5, 6));
  }

  @Test
  void a_new_job_without_a_checkpoint_goes_on_where_the_tables_end() throws Exception {
    CollectionInfo books = system.create("books");
    CollectionInfo quiet = system.create("quiet");
    start(Optional.empty());
    system.insert(books, "a", 1, 2, 3);
    system.insert(quiet, "q", 1);
    flushed(books);
    system.insert(books, "a", 4);
    cancel();
    system.insert(books, "a", 5, 6);
    start(Optional.empty());
    flushed(books);
    flushed(quiet);
    assertThat(system.live(books)).isEqualTo(expected("a", 1, 2, 3, 4, 5, 6));
    assertThat(system.live(quiet)).isEqualTo(expected("q", 1));
  }

  @Test
  void a_job_goes_on_from_its_newest_checkpoint_and_from_the_log_if_that_is_broken()
      throws Exception {
    CollectionInfo books = system.create("books");
    JobSupervisor.Cluster flink = new MiniClusterOf(cluster);
    try (JobSupervisor first = JobSupervisor.start(flink, IngestJob.of(config))) {
      system.insert(books, "a", 1, 2);
      flushed(books);
      eventually(() -> Checkpoints.newest(checkpoints()).isPresent());
    }
    system.insert(books, "a", 3);
    try (JobSupervisor second = JobSupervisor.start(flink, IngestJob.of(config))) {
      flushed(books);
      String previous = Checkpoints.newest(checkpoints()).orElseThrow();
      eventually(() -> !Checkpoints.newest(checkpoints()).orElseThrow().equals(previous));
    }
    Path metadata =
        Path.of(
                java.net.URI.create(
                    Checkpoints.newest(checkpoints())
                        .orElseThrow()
                        .replaceFirst("^file:/+", "file:///")))
            .resolve("_metadata");
    Files.write(metadata, new byte[] {1, 2, 3});
    system.insert(books, "a", 4);
    try (JobSupervisor third = JobSupervisor.start(flink, IngestJob.of(config))) {
      flushed(books);
    }
    assertThat(system.live(books)).isEqualTo(expected("a", 1, 2, 3, 4));
  }

  @Test
  void a_poisonous_record_is_set_aside_and_the_job_goes_on() throws Exception {
    CollectionInfo books = system.create("books");
    start(Optional.empty());
    system.insert(books, "a", 1, 2);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", system.log.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(system.log.dataTopic(), 0, null, new byte[] {1, 2, 3}))
          .get();
    }
    system.insert(books, "a", 3, 4);
    flushed(books);
    assertThat(system.live(books)).isEqualTo(expected("a", 1, 2, 3, 4));
  }

  @Test
  void a_table_that_cannot_take_its_rows_is_set_aside_and_caught_up_after_its_repair()
      throws Exception {
    CollectionInfo broken = system.create("broken");
    CollectionInfo songs = system.create("songs");
    start(Optional.empty());
    system.lake.table(broken).iceberg().updateSchema().renameColumn("text", "texts").commit();
    system.insert(broken, "a", 1, 2);
    system.flush(broken);
    eventually(() -> system.control.list(ControlKeys.ASIDE).size() == 2);
    assertThat(system.control.list(ControlKeys.ASIDE).values())
        .allSatisfy(value -> assertThat(value).contains("text"));
    system.insert(songs, "a", 1);
    List<Long> written = system.flush(songs);
    eventually(() -> globalPosition(0) > written.getFirst());
    assertThat(system.live(songs)).isEqualTo(expected("a", 1));
    cancel();
    system.lake.table(broken).iceberg().updateSchema().renameColumn("texts", "text").commit();
    assertThat(IngestJob.resumeFrom(config)).isEmpty();
    start(Optional.empty());
    flushed(broken);
    assertThat(system.live(broken)).isEqualTo(expected("a", 1, 2));
    eventually(() -> system.control.list(ControlKeys.ASIDE).isEmpty());
  }

  private record MiniClusterOf(MiniCluster cluster) implements JobSupervisor.Cluster {
    @Override
    public StreamExecutionEnvironment environment() {
      return StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    }

    @Override
    public JobID submit(org.apache.flink.runtime.jobgraph.JobGraph graph) throws Exception {
      return cluster.submitJob(graph).get().getJobID();
    }

    @Override
    public JobStatus status(JobID submitted) throws Exception {
      return cluster.getJobStatus(submitted).get();
    }

    @Override
    public void cancel(JobID submitted) throws Exception {
      cluster.cancelJob(submitted).get();
    }
  }

  private void start(Optional<String> checkpoint) throws Exception {
    start(checkpoint, CommitStep::intoLake);
  }

  private void start(Optional<String> checkpoint, CommitStep commit) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    IngestJob.define(env, config, commit);
    checkpoint.ifPresent(path -> StreamingRun.resume(env, path));
    job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
  }

  private void cancel() throws Exception {
    cluster.cancelJob(job).get();
    eventually(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
    job = null;
  }

  /** A copy, since the job removes old ones. */
  private String savedCheckpoint() throws Exception {
    eventually(() -> Checkpoints.newest(checkpoints()).isPresent());
    cluster.triggerCheckpoint(job).get();
    Path newest =
        Path.of(
            java.net.URI.create(
                Checkpoints.newest(checkpoints())
                    .orElseThrow()
                    .replaceFirst("^file:/+", "file:///")));
    Path copy = folder.resolve("saved/run/chk-1");
    copyTree(newest, copy);
    return copy.toUri().toString();
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private void flushed(CollectionInfo collection) throws Exception {
    List<Long> upTo = system.flush(collection);
    eventually(() -> system.committed(collection, upTo));
  }

  private long globalPosition(int pchannel) {
    system.control.refresh();
    return system.control.get(ControlKeys.POSITION + pchannel).map(Long::parseLong).orElse(0L);
  }

  private static Map<Long, List<String>> expected(String text, long... keys) {
    Map<Long, List<String>> expected = new TreeMap<>();
    for (long key : keys) {
      expected.put(key, List.of(text + key));
    }
    return expected;
  }

  private static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
