package io.tidemark.jobs.expire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.compact.CompactJob;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ReaderFloors;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LocalFileIO;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ExpireJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir static Path brokerFolder;
  private static EmbeddedBroker broker;

  @TempDir Path folder;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = LogAndLake.broker(brokerFolder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  /** Whatever a test that failed has left would take the slots of the next. */
  @AfterEach
  void cancelJobs(@InjectMiniCluster MiniCluster cluster) throws Exception {
    for (JobStatusMessage job : cluster.listJobs().get()) {
      if (!job.getJobState().isGloballyTerminalState()) {
        ExpirySystem.cancel(cluster, job.getJobId());
      }
    }
  }

  private static CollectionInfo live(LogAndLake system, CollectionInfo info, int seconds) {
    CollectionInfo current = system.lake.collectionById(info.id()).orElseThrow();
    CollectionInfo altered =
        current.withProperties(Map.of("collection.ttl.seconds", Integer.toString(seconds)));
    system.lake.updateCollection(altered);
    return altered;
  }

  private static long[] keys(long from, long to) {
    return LongStream.range(from, to).toArray();
  }

  /** From rows that are too old to the bytes on disk, and the log behind them. */
  @Test
  void rowsIndexesFilesAndLogGoAndIngestGoesOnFromWhatIsLeft(@InjectMiniCluster MiniCluster cluster)
      throws Exception {
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      Path checkpoints = folder.resolve("checkpoints");
      JobID job = ExpirySystem.ingest(cluster, system, checkpoints);
      CollectionInfo books = system.create("books", ExpirySystem.INDEX);
      system.insert(books, "old", keys(0, 2000));
      ExpirySystem.flush(system, books);
      ExpirySystem.run(
          new IndexJob(), system, books, Map.of("force", "true", "index-rows-min", "10"));
      List<SegmentIndex> built = system.lake.registry().list(books.id());
      assertThat(built).isNotEmpty();
      List<Path> dataBefore =
          ExpirySystem.files(system.lake.table(books).iceberg().location() + "/data");
      Thread.sleep(2100);
      system.insert(books, "new", keys(2000, 2010));
      ExpirySystem.flush(system, books);
      live(system, books, 2);
      JobReport first = ExpirySystem.run(new ExpireJob(), system, Map.of("log-keep", "0s"));
      assertThat(ExpirySystem.figure(first, "rows_expired")).isEqualTo(2000);
      assertThat(ExpirySystem.figure(first, "snapshots_expired")).isZero();
      assertThat(system.live(books)).hasSize(10);
      assertThat(dataBefore).allMatch(Files::exists);
      live(system, books, 0);

      JobReport second =
          ExpirySystem.run(new ExpireJob(), system, Map.of("snapshot-age", "0s", "log-keep", "0s"));
      assertThat(ExpirySystem.figure(second, "snapshots_expired")).isPositive();
      assertThat(ExpirySystem.figure(second, "snapshot_bytes_deleted"))
          .isGreaterThan(2000 * 4 * LogAndLake.DIMENSION);
      assertThat(dataBefore).noneMatch(Files::exists);
      assertThat(ExpirySystem.figure(second, "registry_rows_removed"))
          .as("a young row may be of a rewrite that is about to commit")
          .isZero();

      ageRegistry(system, built);
      JobReport third = ExpirySystem.run(new ExpireJob(), system, Map.of());
      assertThat(ExpirySystem.figure(third, "registry_rows_removed")).isEqualTo(built.size());
      assertThat(built).noneMatch(index -> LocalFileIO.path(index.file()).toFile().exists());
      assertThat(system.live(books)).hasSize(10);

      ExpirySystem.awaitPosition(system);
      JobReport trimmed = ExpirySystem.run(new ExpireJob(), system, Map.of("log-keep", "0s"));
      assertThat(ExpirySystem.figure(trimmed, "log_records_trimmed")).isPositive();
      // Without a checkpoint, from the log and the lake alone.
      ExpirySystem.cancel(cluster, job);
      job = ExpirySystem.ingest(cluster, system, checkpoints);
      system.insert(books, "newest", keys(3000, 3005));
      ExpirySystem.flush(system, books);
      ExpirySystem.cancel(cluster, job);
      assertThat(system.live(books)).hasSize(15);
    }
  }

  @Test
  void theBytesOfDeletedRowsAreGoneAfterCompactionAndExpiry(@InjectMiniCluster MiniCluster cluster)
      throws Exception {
    int rows = 20_000;
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      JobID job = ExpirySystem.ingest(cluster, system, folder.resolve("checkpoints"));
      CollectionInfo books = system.create("books");
      system.insert(books, "some words to take up room ", keys(0, rows));
      ExpirySystem.flush(system, books);
      long full = bytes(system, books);
      long begin = System.nanoTime();
      system.delete(books, keys(0, rows * 9 / 10));
      ExpirySystem.flush(system, books);
      long committed = System.nanoTime();
      ExpirySystem.run(new CompactJob(), system, books, Map.of("force", "true"));
      long compacted = System.nanoTime();
      ExpirySystem.run(new ExpireJob(), system, books, Map.of("snapshot-age", "0s"));
      long expired = System.nanoTime();
      ExpirySystem.cancel(cluster, job);
      long left = bytes(system, books);
      System.out.printf(
          "delete to reclaimed bytes: rows=%d full_bytes=%d left_bytes=%d commit_ms=%d compact_ms=%d expire_ms=%d%n",
          rows,
          full,
          left,
          (committed - begin) / 1_000_000,
          (compacted - committed) / 1_000_000,
          (expired - compacted) / 1_000_000);
      assertThat(system.live(books)).hasSize(rows / 10);
      assertThat(left).isLessThan(full / 3);
    }
  }

  private static long bytes(LogAndLake system, CollectionInfo collection) throws Exception {
    long bytes = 0;
    for (Path file :
        ExpirySystem.files(system.lake.table(collection).iceberg().location() + "/data")) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  /** As if they had been built two days ago. */
  private static void ageRegistry(LogAndLake system, List<SegmentIndex> built) throws Exception {
    long ago = System.currentTimeMillis() - Duration.ofDays(2).toMillis();
    List<SegmentIndex> aged = new ArrayList<>();
    for (SegmentIndex index : built) {
      Files.setLastModifiedTime(
          LocalFileIO.path(index.file()), java.nio.file.attribute.FileTime.fromMillis(ago));
      aged.add(of(index, index.collectionId(), ago));
    }
    system.lake.registry().replace(built, aged);
  }

  private static SegmentIndex of(SegmentIndex index, long collectionId, long createdMs) {
    return new SegmentIndex(
        index.segmentId(),
        collectionId,
        index.partition(),
        index.shard(),
        index.sources(),
        index.fieldId(),
        index.indexId(),
        index.type(),
        index.metric(),
        index.parameters(),
        index.version(),
        index.file(),
        index.fileBytes(),
        index.checksum(),
        index.builder(),
        index.buildMs(),
        createdMs << 18);
  }

  @Test
  void anIndexWhoseFileIsLostIsForgottenSoThatItIsBuiltAnew(@InjectMiniCluster MiniCluster cluster)
      throws Exception {
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      JobID job = ExpirySystem.ingest(cluster, system, folder.resolve("checkpoints"));
      CollectionInfo books = system.create("books", ExpirySystem.INDEX);
      system.insert(books, "t", keys(0, 500));
      ExpirySystem.flush(system, books);
      ExpirySystem.cancel(cluster, job);
      Map<String, String> force = Map.of("force", "true", "index-rows-min", "10");
      ExpirySystem.run(new IndexJob(), system, books, force);
      SegmentIndex lost = system.lake.registry().list(books.id()).getFirst();
      Files.delete(LocalFileIO.path(lost.file()));
      // As a copy registers them before it makes its collection: one was killed, one is at it.
      long nowMs = System.currentTimeMillis();
      SegmentIndex killed = of(lost, 5_000, nowMs - Duration.ofDays(2).toMillis());
      SegmentIndex copying = of(lost, 6_000, nowMs);
      system.lake.registry().register(List.of(killed, copying));
      JobReport all = ExpirySystem.run(new ExpireJob(), system, Map.of("orphans", "false"));
      assertThat(ExpirySystem.figure(all, "registry_rows_stray")).isEqualTo(1);
      assertThat(system.lake.registry().list(5_000)).isEmpty();
      assertThat(system.lake.registry().list(6_000)).hasSize(1);
      system.lake.registry().register(List.of(lost));
      JobReport report = ExpirySystem.run(new ExpireJob(), system, books, Map.of());
      assertThat(ExpirySystem.figure(report, "registry_rows_removed")).isPositive();
      ExpirySystem.run(new IndexJob(), system, books, force);
      assertThat(system.lake.registry().list(books.id()))
          .isNotEmpty()
          .allMatch(index -> LocalFileIO.path(index.file()).toFile().exists());
    }
  }

  @Test
  void nothingStaysOfADroppedCollectionAndItsMarkGoesWithItsLog(
      @InjectMiniCluster MiniCluster cluster) throws Exception {
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      JobID job = ExpirySystem.ingest(cluster, system, folder.resolve("checkpoints"));
      CollectionInfo books = system.create("books");
      CollectionInfo kept = system.create("kept");
      system.insert(books, "t", keys(0, 10));
      system.insert(kept, "t", keys(0, 10));
      ExpirySystem.flush(system, kept);
      system.control.put(ControlKeys.ALIAS + "default/b", Long.toString(books.id()));
      system.control.put(ControlKeys.ALIAS + "default/k", Long.toString(kept.id()));
      system.control.put(ControlKeys.LOAD + books.id(), "{}");
      system.control.put(ControlKeys.FLUSH + books.id(), "1");
      system.control.put(
          ControlKeys.ASIDE + books.id() + "/0", "{\"from\":1,\"to\":2,\"reason\":\"test\"}");
      system.drop(books);
      Path stray =
          ExpirySystem.plant(
              system.lakeConfig.warehouse() + "/tables/default/books-" + books.id() + "/data",
              "late.parquet",
              Duration.ofDays(2));
      Path strayIndex =
          ExpirySystem.plant(
              system.lake.indexPrefix() + "/" + books.id(), "late.puffin", Duration.ofDays(2));
      ReaderFloors.put(system.control, "gone", 0, 1, System.currentTimeMillis() - 3_600_000);
      JobReport report = ExpirySystem.run(new ExpireJob(), system, Map.of("log-keep", "0s"));
      // Ingest itself may have given up the shard set aside by then.
      assertThat(ExpirySystem.figure(report, "control_entries_removed")).isBetween(4, 5);
      assertThat(ExpirySystem.figure(report, "stray_files_deleted")).isEqualTo(2);
      assertThat(stray).doesNotExist();
      assertThat(strayIndex).doesNotExist();
      system.control.refresh();
      assertThat(system.control.list(ControlKeys.ALIAS)).containsOnlyKeys("alias/default/k");
      assertThat(system.control.list(ControlKeys.ASIDE)).isEmpty();
      assertThat(system.control.list(ControlKeys.READER)).isEmpty();
      String mark = ControlKeys.COLLECTION + books.id();
      assertThat(system.control.get(mark)).contains(ControlKeys.DROPPED);
      // As if it had been dropped long ago: the log begins after it.
      system.control.put(
          ControlKeys.DROPPED_BY + books.id(), Long.toString(books.id() - (90_000L << 18)));
      ExpirySystem.awaitPosition(system);
      JobReport later = ExpirySystem.run(new ExpireJob(), system, Map.of("log-keep", "0s"));
      assertThat(ExpirySystem.figure(later, "drops_forgotten")).isEqualTo(1);
      system.control.refresh();
      assertThat(system.control.get(mark)).isEmpty();
      ExpirySystem.cancel(cluster, job);
      assertThat(system.live(kept)).hasSize(10);
    }
  }

  @Test
  void whatATableLivesInIsNoStrayFolderEvenIfItHasLostItsProperties() {
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      CollectionInfo books = system.create("books");
      Table table = system.lake.table(books).iceberg();
      UpdateProperties losing = table.updateProperties();
      table.properties().keySet().stream()
          .filter(property -> property.startsWith("tidemark."))
          .forEach(losing::remove);
      losing.commit();
      try (Lake other = Lake.open(system.lakeConfig)) {
        assertThat(other.collectionById(books.id())).isEmpty();
        long inThreeDaysMs = System.currentTimeMillis() + Duration.ofDays(3).toMillis();
        assertThat(
                StrayFolders.delete(
                        other,
                        system.lakeConfig,
                        PendingTime.of(inThreeDaysMs, Duration.ofHours(12)))
                    .files())
            .isZero();
      }
    }
  }

  @Test
  void theLogStaysAboveShardsSetAsideAndReadersThatAreNotSilent() {
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      long position = 1L << 60;
      long nowMs = System.currentTimeMillis();
      assertThat(LogExpiry.floors(2, system.control, Duration.ZERO, nowMs)).isEmpty();
      system.control.put(ControlKeys.POSITION + "0", Long.toString(position));
      system.control.put(ControlKeys.POSITION + "1", Long.toString(position));
      assertThat(LogExpiry.floors(2, system.control, Duration.ZERO, nowMs))
          .isEqualTo(Map.of(0, position, 1, position));
      assertThat(LogExpiry.floors(2, system.control, Duration.ofSeconds(1), nowMs))
          .isEqualTo(Map.of(0, position - (1000L << 18), 1, position - (1000L << 18)));
      ReaderFloors.put(system.control, "a", 0, position - 10, nowMs);
      ReaderFloors.put(system.control, "b", 0, position - 20, nowMs - 3_600_000);
      assertThat(LogExpiry.floors(2, system.control, Duration.ZERO, nowMs))
          .isEqualTo(Map.of(0, position - 10, 1, position));
      system.control.put(ControlKeys.ASIDE + "7/0", "{\"from\":5,\"to\":9,\"reason\":\"test\"}");
      assertThat(LogExpiry.floors(2, system.control, Duration.ZERO, nowMs))
          .isEqualTo(Map.of(0, 5L, 1, 5L));
    }
  }

  /** They are stamped and read by the log's clock, which another machine's must not overrule. */
  @Test
  void aClockThatIsAheadMakesNoRowOld() {
    try (LogAndLake system = new LogAndLake(broker, folder)) {
      CollectionInfo books = system.create("books");
      long nowMs = System.currentTimeMillis();
      for (int pchannel = 0; pchannel < 2; pchannel++) {
        system.control.put(ControlKeys.POSITION + pchannel, Long.toString(nowMs << 18));
      }
      long aheadMs = nowMs + Duration.ofMinutes(10).toMillis();
      ExpireTask task =
          ExpirePlanner.plan(system.lake, system.control, Optional.of(books.id()), aheadMs)
              .getFirst();
      assertThat(task.nowMs()).isEqualTo(aheadMs);
      assertThat(task.rowsNowMs()).isEqualTo(nowMs);
      assertThat(
              ExpirePlanner.plan(system.lake, null, Optional.of(books.id()), aheadMs)
                  .getFirst()
                  .rowsNowMs())
          .isEqualTo(aheadMs);
    }
  }

  @Test
  void optionsThatThereAreNotAndShortGraceAreRefused() {
    assertThatThrownBy(() -> ExpireOptions.of(Map.of("graze", "1h")))
        .hasMessageContaining("no option 'graze'")
        .hasMessageContaining("log-keep");
    assertThatThrownBy(() -> ExpireOptions.of(Map.of("grace", "11h"))).hasMessageContaining("12h");
    assertThatThrownBy(() -> ExpireOptions.of(Map.of("log", "no")))
        .hasMessageContaining("true or false");
    ExpireOptions some =
        ExpireOptions.of(
            Map.of("log", "false", "snapshot-age", "7d", "grace", "PT48H", "snapshots-min", "3"));
    assertThat(some.steps()).doesNotContain(ExpireStep.LOG).contains(ExpireStep.ROWS);
    assertThat(some.snapshotAge()).isEqualTo(Duration.ofDays(7));
    assertThat(some.grace()).isEqualTo(Duration.ofDays(2));
    assertThat(some.snapshotsMin()).isEqualTo(3);
    assertThat(some.logKeep()).isEqualTo(ExpireOptions.DEFAULTS.logKeep());
  }
}
