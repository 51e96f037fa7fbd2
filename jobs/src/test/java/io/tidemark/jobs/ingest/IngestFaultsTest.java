package io.tidemark.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.connectors.lake.CommitStep;
import io.tidemark.connectors.lake.SegmentFileWriter;
import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.stream.StreamingRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ingest job fails before commits and after them, is doubled by a zombie that commits the same
 * windows, is cancelled and started again from its newest checkpoint or from none, while rows are
 * written, written again and deleted. In the end the table holds exactly the journal. {@code
 * -Dfaults.rounds=N} for more, {@code -Dseed=N} to repeat a run.
 */
class IngestFaultsTest {
  private static final int KEYS = 400;

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

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final int rounds = Integer.getInteger("faults.rounds", 4);
  private final Map<Long, List<String>> journal = new TreeMap<>();

  @BeforeAll
  static void startBroker() throws Exception {
    broker = LogAndLake.broker(brokerFolder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void whatever_fails_around_a_commit_the_table_holds_exactly_the_journal(
      @InjectMiniCluster MiniCluster cluster) throws Exception {
    System.err.println("IngestFaultsTest seed=" + seed + " rounds=" + rounds);
    Random random = new Random(seed);
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      IngestConfig config =
          IngestConfig.defaults(
                  system.log, system.lakeConfig, folder.resolve("checkpoints").toUri().toString())
              .withWindow(Duration.ofMillis(200))
              .withCheckpointInterval(Duration.ofMillis(150));
      CollectionInfo books = system.create("books");
      String run = "run-" + seed;
      // A busy machine may not get as far as a commit in a round.
      for (int round = 1;
          round <= rounds || (Faulty.struck(run) == 0 && round <= 10 * rounds);
          round++) {
        boolean fromCheckpoint = random.nextBoolean();
        JobID job =
            submit(
                cluster,
                config,
                new Faulty(run, random.nextLong()),
                fromCheckpoint ? IngestJob.resumeFrom(config) : Optional.empty());
        long end = System.nanoTime() + Duration.ofMillis(600 + random.nextInt(900)).toNanos();
        while (System.nanoTime() < end) {
          write(system, books, random, round);
          Thread.sleep(random.nextInt(40));
        }
        cancel(cluster, job);
      }
      JobID calm = submit(cluster, config, CommitStep::intoLake, IngestJob.resumeFrom(config));
      List<Long> upTo = system.flush(books);
      await(() -> system.committed(books, upTo));
      cancel(cluster, calm);
      assertThat(system.live(books)).as("seed %d", seed).isEqualTo(journal);
      assertThat(Faulty.struck(run)).as("faults, seed %d", seed).isPositive();
    }
  }

  /** An operation is acknowledged when the log has it, before the job has seen it. */
  private void write(LogAndLake system, CollectionInfo books, Random random, int round) {
    long[] keys = random.longs(1 + random.nextInt(20), 0, KEYS).distinct().toArray();
    if (random.nextInt(4) == 0) {
      system.delete(books, keys);
      for (long key : keys) {
        journal.remove(key);
      }
      return;
    }
    String text = "r" + round + "v" + random.nextInt(1_000) + "-";
    system.upsert(books, text, keys);
    if (random.nextInt(4) == 0) {
      // A client that has not heard the answer sends it again.
      system.upsert(books, text, keys);
    }
    for (long key : keys) {
      journal.put(key, List.of(text + key));
    }
  }

  private static JobID submit(
      MiniCluster cluster, IngestConfig config, CommitStep commit, Optional<String> checkpoint)
      throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    IngestJob.define(env, config, commit);
    checkpoint.ifPresent(path -> StreamingRun.resume(env, path));
    return cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
  }

  /** It may have failed for good by itself: after ten restarts in a row it gives up. */
  private static void cancel(MiniCluster cluster, JobID job) throws Exception {
    if (!cluster.getJobStatus(job).get().isGloballyTerminalState()) {
      cluster.cancelJob(job).get();
    }
    await(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  /** Commits, but one in five times fails before, fails after, or is doubled by a zombie. */
  private record Faulty(String run, long seed) implements CommitStep {
    static final Map<String, AtomicInteger> STRUCK = new ConcurrentHashMap<>();
    private static final Map<Long, Random> CHANCES = new ConcurrentHashMap<>();

    static int struck(String run) {
      AtomicInteger struck = STRUCK.get(run);
      return struck == null ? 0 : struck.get();
    }

    @Override
    public Outcome commit(
        LakeTable table,
        int shard,
        long from,
        long to,
        SegmentFileWriter.Written files,
        List<String> dropped) {
      AtomicInteger struck = STRUCK.computeIfAbsent(run, r -> new AtomicInteger());
      int chance = CHANCES.computeIfAbsent(seed, s -> new Random(s)).nextInt(15);
      if (chance > 2) {
        return CommitStep.intoLake(table, shard, from, to, files, dropped);
      }
      struck.incrementAndGet();
      if (chance == 0) {
        throw new IllegalStateException("killed before the commit, as the test asked");
      }
      Outcome outcome = CommitStep.intoLake(table, shard, from, to, files, dropped);
      if (chance == 1) {
        throw new IllegalStateException("the commit's answer is lost, as the test asked");
      }
      // The zombie holds the same files: it must see that they are there, and leave them alone.
      Outcome again = CommitStep.intoLake(table, shard, from, to, files, dropped);
      assertThat(again).isEqualTo(Outcome.ALREADY_THERE);
      return outcome;
    }
  }
}
