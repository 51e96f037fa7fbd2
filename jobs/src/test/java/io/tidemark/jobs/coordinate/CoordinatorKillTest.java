package io.tidemark.jobs.coordinate;

import static io.tidemark.jobs.coordinate.CoordinatedCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.stores.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Collections get rows, are flushed and asked for while the coordinator is killed at random
 * moments: the process of all its tasks, so that the job restores itself; or the job, which is then
 * started from its checkpoint, or from nothing. {@code -Dseed=N} repeats a run, {@code
 * -Dfaults.rounds=N} makes it longer.
 */
class CoordinatorKillTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  private static final CoordinatorPolicy POLICY =
      CoordinatorPolicy.DEFAULTS
          .withLimits(new IndexLimits(1L << 30, 300, Duration.ofMinutes(10), 50))
          .withCompaction(16, 16, Duration.ZERO)
          .withRetries(Duration.ofMillis(100), Duration.ofSeconds(1))
          .withCheckEvery(Duration.ofSeconds(2));

  @TempDir static Path brokerFolder;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private MiniCluster cluster;
  private CoordinatedCluster coordinated;

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
    coordinated = CoordinatedCluster.open(broker, folder, flink, POLICY, null);
  }

  @AfterEach
  void close() throws Exception {
    coordinated.close();
  }

  @Test
  void in_the_end_everything_is_indexed_once_and_every_request_has_ended() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    int rounds = Integer.getInteger("faults.rounds", 3);
    System.out.println("CoordinatorKillTest seed=" + seed + " rounds=" + rounds);
    Random random = new Random(seed);
    LogAndLake system = coordinated.system;
    List<CollectionInfo> collections =
        List.of(
            system.create("books", CommittedRows.index(system)),
            system.create("films", CommittedRows.index(system)));
    coordinated.start();
    List<String> requests = new ArrayList<>();
    long key = 0;
    for (int round = 0; round < rounds; round++) {
      for (CollectionInfo collection : collections) {
        int rows = 50 + random.nextInt(400);
        CommittedRows.add(system, collection, key, rows);
        key += rows;
        if (random.nextBoolean()) {
          CommittedRows.flush(system, collection);
        }
      }
      String id = "request-" + round;
      requests.add(id);
      coordinated.requests.submit(
          new JobRequest(
              id,
              JobKind.INDEX,
              collections.get(random.nextInt(collections.size())).id(),
              Map.of("index-rows-min", "50", "force", "true"),
              "user"));
      Thread.sleep(random.nextInt(700));
      kill(random);
    }
    collections.forEach(collection -> CommittedRows.flush(system, collection));
    for (CollectionInfo collection : collections) {
      eventually(() ->
          CommittedRows.indexed(system, collection)
              .equals(CommittedRows.files(system, collection)));
    }
    for (String id : requests) {
      assertThat(coordinated.awaitEnd(id).state())
          .as("%s, seed %d", id, seed)
          .isEqualTo(JobRecord.State.DONE);
    }
    eventually(
        () -> coordinated.requests.records().stream().allMatch(record -> record.state().ended()));
  }

  private void kill(Random random) throws Exception {
    switch (random.nextInt(3)) {
      case 0 -> {
        cluster.terminateTaskManager(0).get();
        cluster.startTaskManager();
      }
      case 1 -> {
        coordinated.cancel();
        coordinated.start();
      }
      default -> {
        coordinated.cancel();
        coordinated.start(Optional.empty());
      }
    }
  }
}
