package io.tidemark.jobs.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.VectorLake;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.backup.Backup;
import io.tidemark.stores.backup.BackupCollection;
import io.tidemark.stores.backup.BackupWriter;
import io.tidemark.stores.backup.CollectionState;
import io.tidemark.stores.backup.Copied;
import io.tidemark.stores.backup.CopyTarget;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LocalFileIO;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.lake.SnapshotTags;
import io.tidemark.stores.puffin.PuffinReader;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named states, copies of them, and backups brought back onto an empty system. */
class SnapshotJobTest {
  @TempDir Path folder;

  /** A state with an index, deleted and replaced rows, and a row of another engine. */
  private VectorLake lake() throws Exception {
    VectorLake lake =
        new VectorLake(folder, VectorLake.index(77, IndexType.HNSW, Map.of("M", "8")));
    lake.insert(0, 1500);
    var unused = lake.run(new IndexJob(), Map.of("force", "true", "index-rows-min", "500"));
    assertThat(lake.registered()).isNotEmpty();
    lake.delete(10, 20);
    lake.upsert(100, 5, " again");
    Table table = lake.table().iceberg();
    GenericRecord foreign = GenericRecord.create(table.schema());
    foreign.setField("id", 9_000L);
    foreign.setField("text", "foreign");
    List<Float> vector = new ArrayList<>();
    for (int d = 0; d < VectorLake.DIMENSION; d++) {
      vector.add((float) d);
    }
    foreign.setField("vector", vector);
    table.newAppend().appendFile(RecordFiles.writeData(table, List.of(foreign))).commit();
    return lake;
  }

  /** Key → text and timestamp, as plain Iceberg reads them. */
  private static Map<Long, String> rows(LakeTable table) {
    Map<Long, String> rows = new TreeMap<>();
    try (CloseableIterable<Record> read = IcebergGenerics.read(table.iceberg()).build()) {
      for (Record row : read) {
        assertThat(
                rows.put(
                    (Long) row.getField("id"), row.getField("text") + " " + row.getField("__ts")))
            .isNull();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** What a copy is to hold: a row of another engine has the time of its commit as its own. */
  private static Map<Long, String> expected(LakeTable table) {
    Map<Long, String> rows = rows(table);
    LakeFile foreign =
        table.snapshot().files().stream()
            .max((a, b) -> Long.compare(a.sequenceNumber(), b.sequenceNumber()))
            .orElseThrow();
    rows.put(9_000L, "foreign " + foreign.addedTimestamp());
    return rows;
  }

  private static JobReport run(LakeConfig config, Map<String, String> options) throws Exception {
    JobRequest request = new JobRequest("test", JobKind.SNAPSHOT, null, options, "user");
    return new SnapshotJob()
        .run(
            new JobContext(
                request,
                config,
                null,
                StreamExecutionEnvironment::getExecutionEnvironment,
                JobProgress.SILENT));
  }

  private static void assertIndexed(Lake lake, CollectionInfo copy, int indexes) throws Exception {
    List<SegmentIndex> registered = lake.registry().list(copy.id());
    assertThat(registered).hasSize(indexes);
    Map<String, Long> live = new TreeMap<>();
    lake.table(copy).snapshot().files().forEach(file -> live.put(file.path(), file.rows()));
    for (SegmentIndex index : registered) {
      assertThat(index.indexId()).isEqualTo(77);
      assertThat(index.file()).contains("/" + copy.id() + "/");
      index.sources().forEach(file -> assertThat(live).containsEntry(file.path(), file.rows()));
      assertThat(PuffinReader.checksum(LocalFileIO.path(index.file()))).isEqualTo(index.checksum());
    }
  }

  @Test
  void aNamedStateBecomesAnotherCollectionThatStandsAlone() throws Exception {
    try (VectorLake lake = lake()) {
      SnapshotJob job = new SnapshotJob();
      Map<Long, String> then = expected(lake.table());
      var unused = lake.run(job, Map.of("action", "create", "name", "then"));
      lake.delete(0, 700);
      lake.insert(6_000, 10);
      lake.table().iceberg().expireSnapshots().expireOlderThan(Long.MAX_VALUE).commit();
      JobReport list = lake.run(job, Map.of());
      assertThat(list.figures())
          .containsEntry("snapshots", "1")
          .hasEntrySatisfying("default/books@then", text -> assertThat(text).contains("rows=1506"));
      int indexes = lake.registered().size();

      unused = lake.run(job, Map.of("action", "restore", "name", "then", "as", "books_then"));
      CollectionInfo copy = lake.lake.collection("default", "books_then").orElseThrow();
      assertThat(copy.id()).isNotEqualTo(lake.books.id());
      assertThat(copy.schema()).isEqualTo(lake.books.schema());
      assertThat(rows(lake.lake.table(copy))).isEqualTo(then);
      assertThat(rows(lake.table())).hasSize(then.size() - 680 + 10);
      assertIndexed(lake.lake, copy, indexes);
      assertThat(lake.lake.table(copy).position(0))
          .isEqualTo(SnapshotTags.require(lake.table(), "then").positions().get(0));
      assertThatThrownBy(
              () -> lake.run(job, Map.of("action", "restore", "name", "then", "as", "books_then")))
          .hasMessageContaining("already exists");
      assertThatThrownBy(() -> lake.run(job, Map.of("action", "restore", "name", "x", "as", "y")))
          .hasMessageContaining("no snapshot named 'x'; there are [then]");

      lake.lake.dropCollection(lake.books);
      assertThat(rows(lake.lake.table(copy))).isEqualTo(then);
      assertIndexed(lake.lake, copy, indexes);
    }
  }

  /** The catalog makes the collection, and then its connection is lost. */
  @Test
  void aRestoreWhoseLastAnswerIsLostKeepsItsFiles() throws Exception {
    try (VectorLake lake = lake()) {
      Map<Long, String> then = expected(lake.table());
      var unused = lake.run(new SnapshotJob(), Map.of("action", "create", "name", "then"));
      try (Connection catalog =
              DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("catalog.db"));
          Statement statement = catalog.createStatement()) {
        // Unlike ABORT, FAIL leaves the row that was inserted in place.
        statement.execute(
            "CREATE TRIGGER lost AFTER INSERT ON iceberg_tables WHEN NEW.table_name = 'copy'"
                + " BEGIN SELECT RAISE(FAIL, 'connection lost'); END");
      }
      unused =
          lake.run(new SnapshotJob(), Map.of("action", "restore", "name", "then", "as", "copy"));
      CollectionInfo copy = lake.lake.collection("default", "copy").orElseThrow();
      assertThat(rows(lake.lake.table(copy))).isEqualTo(then);
      assertIndexed(lake.lake, copy, lake.registered().size());
    }
  }

  /** As when a restored collection takes the name of the one it replaces. */
  @Test
  void collectionsThatTakeEachOthersNameAreApartInABackup() throws Exception {
    try (VectorLake lake = lake()) {
      Map<Long, String> first = expected(lake.table());
      var unused = lake.run(new SnapshotJob(), Map.of("action", "create", "name", "then"));
      LocalFileIO io = new LocalFileIO();
      String backup = "file://" + folder.resolve("backup");
      BackupWriter writer = BackupWriter.create(io, backup);
      Copied copied = writer.add(lake.lake, state(lake.lake, lake.now(), "then"));
      assertThat(copied.rows()).isEqualTo(first.size());
      lake.delete(0, 1000);
      unused = lake.run(new SnapshotJob(), Map.of("action", "create", "name", "later"));
      unused =
          lake.run(new SnapshotJob(), Map.of("action", "restore", "name", "later", "as", "newer"));
      lake.lake.renameCollection(lake.now(), "default", "older", 1);
      CollectionInfo newer = lake.lake.collection("default", "newer").orElseThrow();
      lake.lake.renameCollection(newer, "default", "books", 1);
      CollectionInfo second = lake.lake.collection("default", "books").orElseThrow();
      var named = SnapshotTags.create(lake.lake.table(second), "then", Map.of(), null);
      copied = writer.add(lake.lake, state(lake.lake, second, "then"));
      writer.finish();
      assertThat(named.rows()).isPositive();
      assertThat(copied.rows()).isEqualTo(rows(lake.lake.table(second)).size());
      Backup written = Backup.open(io, backup);
      int number = 0;
      for (BackupCollection each : written.collections()) {
        assertThat(each.info().name()).isEqualTo("books");
        CopyTarget target = CopyTarget.of(lake.lake, "default", "back" + number++, List.of(0));
        assertThat(written.restore(lake.lake, each, target).files()).isPositive();
      }
      assertThat(rows(lake.lake.table(lake.lake.collection("default", "back0").orElseThrow())))
          .isEqualTo(first);
      assertThat(rows(lake.lake.table(lake.lake.collection("default", "back1").orElseThrow())))
          .isEqualTo(rows(lake.lake.table(second)));
    }
  }

  private static CollectionState state(Lake lake, CollectionInfo info, String name) {
    LakeTable table = lake.table(info);
    return CollectionState.of(lake, table, SnapshotTags.require(table, name));
  }

  @Test
  void anIndexThatWasBuiltAfterRowsHadDiedIsNotTakenForTheStateBefore() throws Exception {
    try (VectorLake lake =
        new VectorLake(folder, VectorLake.index(77, IndexType.HNSW, Map.of("M", "8")))) {
      lake.insert(0, 1200);
      var unused = lake.run(new SnapshotJob(), Map.of("action", "create", "name", "whole"));
      lake.delete(0, 10);
      unused = lake.run(new IndexJob(), Map.of("force", "true", "index-rows-min", "500"));
      unused = lake.run(new SnapshotJob(), Map.of("action", "create", "name", "less"));
      for (String name : List.of("whole", "less")) {
        unused = lake.run(new SnapshotJob(), Map.of("action", "restore", "name", name, "as", name));
        CollectionInfo copy = lake.lake.collection("default", name).orElseThrow();
        assertIndexed(lake.lake, copy, name.equals("whole") ? 0 : lake.registered().size());
        assertThat(rows(lake.lake.table(copy))).hasSize(name.equals("whole") ? 1200 : 1190);
      }
    }
  }

  @Test
  void aBackupComesBackOnAnEmptySystemAndGoesOn() throws Exception {
    Path backup = folder.resolve("backup");
    Map<Long, String> then;
    int indexes;
    try (VectorLake lake = lake()) {
      then = expected(lake.table());
      indexes = lake.registered().size();
      var unused = lake.run(new SnapshotJob(), Map.of("action", "backup", "to", backup.toString()));
      assertThat(SnapshotTags.list(lake.table())).isEmpty();
      assertThatThrownBy(() ->
              lake.run(new SnapshotJob(), Map.of("action", "backup", "to", backup.toString())))
          .hasMessageContaining("holds a backup already");
    }
    LakeConfig elsewhere =
        LakeConfig.sqlite(folder.resolve("new.db"), folder.resolve("new-warehouse"));
    var unused = run(elsewhere, Map.of("action", "import", "from", backup.toString()));
    try (Lake restored = Lake.open(elsewhere)) {
      CollectionInfo info = restored.collection("default", "books").orElseThrow();
      assertThat(rows(restored.table(info))).isEqualTo(then);
      assertIndexed(restored, info, indexes);
      LakeTable table = restored.table(info);
      long position = table.position(0);
      Table iceberg = table.iceberg();
      GenericRecord key = GenericRecord.create(iceberg.schema().select("id"));
      key.setField("id", 500L);
      var outcome =
          new LogSnapshotCommitter()
              .commit(
                  table,
                  0,
                  position,
                  position + 1,
                  List.of(),
                  List.of(
                      RecordFiles.writeEqualityDeletes(
                          iceberg, iceberg.schema().select("id"), List.of(key))),
                  List.of());
      assertThat(outcome).isEqualTo(LogSnapshotCommitter.Outcome.COMMITTED);
      then.remove(500L);
      assertThat(rows(restored.table(info))).isEqualTo(then);
    }
    assertThatThrownBy(() -> run(elsewhere, Map.of("action", "import", "from", backup.toString())))
        .hasMessageContaining("already exists");
  }

  /** What is written up to its position would be taken for what it has already, and be lost. */
  @Test
  void aBackupOfAClockThatIsAheadIsNotBroughtBackBeforeItsTime() throws Exception {
    Path backup = folder.resolve("backup");
    try (VectorLake lake = lake()) {
      long ahead = HybridTimestamp.ofMillis(System.currentTimeMillis() + 3_600_000);
      var tag = SnapshotTags.create(lake.table(), "ahead", Map.of(0, ahead), null);
      assertThat(tag.positions()).containsEntry(0, ahead);
      var unused =
          lake.run(
              new SnapshotJob(),
              Map.of("action", "backup", "name", "ahead", "to", backup.toString()));
    }
    LakeConfig elsewhere =
        LakeConfig.sqlite(folder.resolve("new.db"), folder.resolve("new-warehouse"));
    assertThatThrownBy(() -> run(elsewhere, Map.of("action", "import", "from", backup.toString())))
        .hasMessageContaining("which this machine's clock has not reached");
  }

  @Test
  void aDamagedBackupIsRefusedByNameAndLeavesNothing() throws Exception {
    Path backup = folder.resolve("backup");
    try (VectorLake lake = lake()) {
      var unused = lake.run(new SnapshotJob(), Map.of("action", "backup", "to", backup.toString()));
    }
    LakeConfig elsewhere =
        LakeConfig.sqlite(folder.resolve("new.db"), folder.resolve("new-warehouse"));
    Map<String, String> options = Map.of("action", "import", "from", backup.toString());
    List<Path> files;
    try (Stream<Path> found = Files.walk(backup)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSizeGreaterThan(4);
    for (Path file : files) {
      byte[] whole = Files.readAllBytes(file);
      byte[] flipped = whole.clone();
      flipped[whole.length / 2] ^= 1;
      for (byte[] damaged : List.of(flipped, Arrays.copyOf(whole, whole.length - 1), new byte[0])) {
        Files.write(file, damaged);
        assertThatThrownBy(() -> run(elsewhere, options))
            .as(file.toString())
            .hasMessageContaining(file.getFileName().toString());
      }
      Files.delete(file);
      assertThatThrownBy(() -> run(elsewhere, options))
          .as(file.toString())
          .hasMessageContaining(file.getFileName().toString());
      Files.write(file, whole);
      try (Lake lake = Lake.open(elsewhere)) {
        assertThat(lake.collections("default")).isEmpty();
        assertThat(lake.registry().list()).isEmpty();
      }
      try (Stream<Path> left = Files.walk(folder.resolve("new-warehouse"))) {
        assertThat(left.filter(Files::isRegularFile))
            .allMatch(path -> path.toString().contains("/tables/tidemark/"));
      }
    }
    var unused = run(elsewhere, options);
  }
}
