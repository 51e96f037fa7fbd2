package io.tidemark.jobs.coordinate;

import static io.tidemark.jobs.coordinate.CoordinatedCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.record.CollectionState;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.coordinate.record.RecordJson;
import io.tidemark.jobs.coordinate.record.SegmentState;
import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.stores.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

/** The coordinator with the real index job, both on one cluster. */
class CoordinatorIndexTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  private static final CoordinatorPolicy POLICY =
      CoordinatorPolicy.DEFAULTS
          .withLimits(new IndexLimits(1L << 30, 1000, Duration.ofMinutes(10), 50))
          .withCompaction(16, 16, Duration.ZERO);

  @TempDir static Path brokerFolder;
  private static EmbeddedBroker broker;

  @TempDir Path folder;
  private CoordinatedCluster coordinated;
  private LogAndLake system;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = LogAndLake.broker(brokerFolder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open(@InjectMiniCluster MiniCluster cluster) throws Exception {
    coordinated = CoordinatedCluster.open(broker, folder, cluster, POLICY, null);
    system = coordinated.system;
  }

  @AfterEach
  void close() throws Exception {
    coordinated.close();
  }

  @Test
  void a_full_segment_is_indexed_by_itself_and_the_rest_once_it_is_flushed() throws Exception {
    CollectionInfo books = system.create("books", CommittedRows.index(system));
    // What the new index asks for is nothing yet.
    CommittedRows.add(system, books, 0, 10);
    coordinated.start();
    eventually(() -> collection(books).files() == 1);
    CommittedRows.add(system, books, 100, 1000);
    eventually(() -> CommittedRows.indexed(system, books).size() == 2);
    CommittedRows.add(system, books, 2000, 100);
    eventually(() -> phases(books).contains(SegmentState.Phase.GROWING));
    assertThat(CommittedRows.indexed(system, books)).hasSize(2);
    long begin = System.nanoTime();
    CommittedRows.flush(system, books);
    eventually(() -> CommittedRows.indexed(system, books).size() == 3);
    System.out.printf(
        "CoordinatorIndexTest: indexed %d ms after the flush%n",
        (System.nanoTime() - begin) / 1_000_000);
    eventually(() ->
        phases(books).equals(List.of(SegmentState.Phase.INDEXED, SegmentState.Phase.INDEXED))
            && collection(books).phase() == CollectionState.Phase.IDLE);
    assertThat(coordinated.requests.records())
        .extracting(JobRecord::state)
        .containsOnly(JobRecord.State.DONE)
        .hasSize(2);
  }

  @Test
  void a_new_index_is_built_over_segments_that_have_one() throws Exception {
    CollectionInfo books = system.create("books", CommittedRows.index(system));
    CommittedRows.add(system, books, 0, 200);
    coordinated.start();
    eventually(() -> system.lake.registry().list(books.id()).size() == 1);
    system.lake.updateCollection(books.withIndexes(List.of(CommittedRows.index(system))));
    eventually(() -> system.lake.registry().list(books.id()).size() == 2);
    eventually(() -> phases(books).equals(List.of(SegmentState.Phase.INDEXED)));
  }

  @Test
  void with_a_collection_goes_what_was_shown_and_asked_for_it() throws Exception {
    CollectionInfo books = system.create("books", CommittedRows.index(system));
    CommittedRows.add(system, books, 0, 200);
    coordinated.start();
    eventually(() -> phases(books).equals(List.of(SegmentState.Phase.INDEXED)));
    system.lake.dropCollection(books);
    eventually(() ->
        phases(books).equals(List.of(SegmentState.Phase.DROPPED))
            && system.control.get(ControlKeys.COLLECTION_STATE + books.id()).isEmpty());
  }

  private CollectionState collection(CollectionInfo info) throws Exception {
    String key = ControlKeys.COLLECTION_STATE + info.id();
    eventually(() -> system.control.get(key).isPresent());
    return RecordJson.read(system.control.get(key).orElseThrow(), CollectionState.class);
  }

  private List<SegmentState.Phase> phases(CollectionInfo info) {
    return system.control.list(ControlKeys.SEGMENT_STATE + info.id() + "/").values().stream()
        .map(json -> RecordJson.read(json, SegmentState.class).phase())
        .sorted()
        .toList();
  }
}
