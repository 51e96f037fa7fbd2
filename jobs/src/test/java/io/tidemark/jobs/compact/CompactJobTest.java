package io.tidemark.jobs.compact;

import static io.tidemark.jobs.compact.CompactionLake.RED;
import static io.tidemark.jobs.compact.CompactionLake.list;
import static io.tidemark.jobs.compact.CompactionLake.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.index.SegmentIndexBuilder;
import io.tidemark.jobs.run.OptionValues;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.lake.SegmentIndex.SourceFile;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.record.RecordFiles;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CompactJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final Map<String, String> SMALL =
      Map.of(
          "segment-rows", "2000",
          "index-rows-min", "100",
          "age-min-seconds", "0",
          "delete-files-max", "6",
          "threads", "2");

  @TempDir Path folder;
  private CompactionLake lake;

  @AfterEach
  void close() {
    lake.close();
  }

  private void open() {
    lake = new CompactionLake(folder, Map.of());
  }

  private Map<String, String> compact() throws Exception {
    return lake.run(new CompactJob(), SMALL).figures();
  }

  private Map<String, String> force() throws Exception {
    Map<String, String> options = new TreeMap<>(SMALL);
    options.put("force", "true");
    return lake.run(new CompactJob(), options).figures();
  }

  @Test
  void small_files_of_each_partition_and_shard_become_one_that_is_indexed_before_it_is_live()
      throws Exception {
    open();
    for (int i = 0; i < 8; i++) {
      lake.insert(i * 100L, 100, "");
      lake.commit();
    }
    assertThat(lake.files()).hasSize(32);
    assertThat(compact()).containsEntry("files_read", "32").containsEntry("files_written", "4");
    List<LakeFile> files = lake.files();
    assertThat(files).hasSize(4);
    assertThat(files)
        .allSatisfy(file -> {
          assertThat(file.severalPartitions()).isFalse();
          assertThat(file.shard()).isNotEqualTo(LakeFile.SHARD_UNKNOWN);
        });
    assertThat(lake.registered())
        .as("fewer than 100 rows get no index")
        .extracting(SegmentIndex::sources)
        .containsExactlyInAnyOrderElementsOf(
            files.stream()
                .filter(file -> file.rows() >= 100)
                .map(file -> List.of(new SourceFile(file.path(), file.rows())))
                .toList());
    assertThat(lake.registered()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(lake.texts()).isEqualTo(lake.replay);
    assertThat(compact()).as("a second run").containsEntry("files_read", "0");
  }

  @Test
  void deletes_that_hit_many_files_become_positions_and_then_tell_what_is_worth_rewriting()
      throws Exception {
    open();
    lake.insert(0, 3000, "");
    lake.commit();
    for (int i = 0; i < 4; i++) {
      lake.delete(i * 100L, 20);
      lake.commit();
    }
    assertThat(lake.deleteFiles()).isEqualTo(8);
    assertThat(compact()).containsEntry("delete_conversions", "1").containsEntry("files_read", "0");
    assertThat(lake.files())
        .allSatisfy(file -> {
          assertThat(file.deletes()).hasSize(1);
          assertThat(file.deletes()).noneMatch(delete -> delete.byPrimaryKey());
        });
    assertThat(lake.texts()).isEqualTo(lake.replay);
    lake.delete(0, 800);
    lake.commit();
    lake.upsert(2900, 10, " again");
    lake.commit();
    force();
    assertThat(lake.texts()).isEqualTo(lake.replay);
    assertThat(lake.deleteFiles()).isZero();
    assertThat(lake.files().stream().mapToLong(LakeFile::rows).sum()).isEqualTo(lake.replay.size());
  }

  @Test
  void deletes_that_hit_nothing_any_more_leave_too() throws Exception {
    open();
    lake.insert(0, 100, "");
    lake.commit();
    for (int i = 0; i < 8; i++) {
      lake.delete(100_000 + i, 1);
      lake.commit();
    }
    assertThat(lake.deleteFiles()).isEqualTo(8);
    compact();
    assertThat(lake.deleteFiles()).isZero();
    assertThat(lake.texts()).isEqualTo(lake.replay);
  }

  @Test
  void of_rows_with_one_key_the_newest_stays_and_the_others_leave_by_a_delete() throws Exception {
    open();
    for (int i = 0; i < 8; i++) {
      lake.insert(0, 50, " v" + i);
      lake.commit();
    }
    compact();
    assertThat(lake.scan()).hasSize(50);
    assertThat(lake.texts()).isEqualTo(lake.replay);
    assertThat(operations()).contains(DataOperations.REPLACE, DataOperations.DELETE);
  }

  @Test
  void rows_past_their_time_to_live_leave_by_a_delete() throws Exception {
    lake = new CompactionLake(folder, Map.of("collection.ttl.seconds", "3600"));
    List<Record> rows = new ArrayList<>();
    for (long key = 0; key < 100; key++) {
      Record row = lake.foreign(key, "old", list(vector(key)));
      row.setField("__ts", key < 40 ? 1000L : Long.MAX_VALUE >> 1);
      rows.add(row);
    }
    lake.append(rows.toArray(Record[]::new));
    lake.append(lake.foreign(200, "new", list(vector(200))));
    force();
    assertThat(lake.texts()).hasSize(61);
    assertThat(lake.files()).singleElement().satisfies(f -> assertThat(f.rows()).isEqualTo(61));
    assertThat(operations()).contains(DataOperations.DELETE);
  }

  private void appendOldRows() throws Exception {
    lake = new CompactionLake(folder, Map.of("collection.ttl.seconds", "3600"));
    List<Record> rows = new ArrayList<>();
    for (long key = 0; key < 100; key++) {
      Record row = lake.foreign(key, "old", list(vector(key)));
      row.setField("__ts", key < 40 ? 1000L : Long.MAX_VALUE >> 1);
      rows.add(row);
    }
    lake.append(rows.toArray(Record[]::new));
  }

  /** What a run has written before it commits. */
  private CompactedFiles written() throws Exception {
    CompactTask task =
        CompactJob.plan(
                lake.lake,
                CompactLimits.of(new OptionValues("compact", SMALL)),
                Optional.of(lake.books.id()),
                true)
            .getFirst();
    SegmentIndexBuilder indexes = new SegmentIndexBuilder(lake.lake, 1, rows -> {});
    LakeTable table = lake.table();
    LakeSnapshot snapshot = table.snapshot();
    return new SegmentRewriter(lake.lake, indexes, 10).run(table, snapshot, snapshot.files(), task);
  }

  @Test
  void a_time_to_live_that_is_taken_away_meanwhile_keeps_its_rows() throws Exception {
    appendOldRows();
    CompactedFiles written = written();
    assertThat(written.rowsKept).isEqualTo(60);
    var unused =
        lake.lake.changeCollection(lake.books, current -> current.withProperties(Map.of()));
    assertThat(CompactCommitter.commit(lake.lake, written)).isFalse();
    assertThat(lake.texts()).hasSize(100);
    assertThat(lake.registered()).isEmpty();
  }

  @Test
  void a_commit_that_fails_leaves_nothing_in_the_registry() throws Exception {
    appendOldRows();
    CompactedFiles written = written();
    assertThat(written.indexes).isNotEmpty();
    try (Connection catalog =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("catalog.db"));
        Statement statement = catalog.createStatement()) {
      statement.execute(
          "CREATE TRIGGER away BEFORE UPDATE ON iceberg_tables"
              + " WHEN NEW.table_name = 'books' BEGIN SELECT RAISE(ABORT, 'the catalog is away'); END");
      assertThatThrownBy(() -> CompactCommitter.commit(lake.lake, written))
          .hasStackTraceContaining("the catalog is away");
      assertThat(lake.registered()).isEmpty();
      statement.execute("DROP TRIGGER away");
    }
    assertThat(lake.texts()).hasSize(100);
  }

  private List<String> operations() {
    List<String> operations = new ArrayList<>();
    for (Snapshot snapshot : lake.table().iceberg().snapshots()) {
      operations.add(snapshot.operation());
    }
    return operations;
  }

  @Test
  void rows_of_other_engines_stay_as_they_are_even_if_reads_refuse_them() throws Exception {
    open();
    lake.append(
        lake.foreign(1, "good", list(vector(1))),
        lake.foreign(2, "short", List.of(1f, 2f)),
        lake.foreign(3, "none", null));
    float[] nan = vector(4);
    nan[3] = Float.NaN;
    lake.append(lake.foreign(4, "nan", list(nan)), lake.foreign(5, null, list(vector(5))));
    long before = lake.files().stream().mapToLong(LakeFile::addedTimestamp).min().orElseThrow();
    Map<Long, List<?>> vectors = vectors();
    force();
    assertThat(lake.files()).hasSize(2);
    assertThat(vectors()).isEqualTo(vectors);
    for (Record row : lake.scan()) {
      assertThat((Long) row.getField("__ts")).isGreaterThanOrEqualTo(before);
      assertThat(row.getField("__partition")).isEqualTo(Partition.DEFAULT_NAME);
      assertThat(row.getField("__shard")).isNull();
    }
    LakeTable table = lake.table();
    assertThat(
            table.snapshot().files().stream()
                .mapToInt(file -> table.read(file).rejected().length)
                .sum())
        .isEqualTo(3);
    assertThat(compact()).containsEntry("files_read", "0");
  }

  private Map<Long, List<?>> vectors() {
    Map<Long, List<?>> vectors = new TreeMap<>();
    for (Record row : lake.scan()) {
      List<?> vector = (List<?>) row.getField("vector");
      vectors.put((Long) row.getField("id"), vector == null ? List.of("null") : vector);
    }
    return vectors;
  }

  @Test
  void a_file_that_another_engine_made_of_several_partitions_and_shards_is_taken_apart()
      throws Exception {
    open();
    List<Record> rows = new ArrayList<>();
    for (long key = 0; key < 90; key++) {
      Record row = lake.foreign(key, "row " + key, list(vector(key)));
      row.setField("__partition", key % 3 == 0 ? RED : key % 3 == 1 ? "blue" : null);
      row.setField("__shard", key % 2 == 0 ? (Integer) 1 : null);
      rows.add(row);
    }
    lake.append(rows.subList(0, 45).toArray(Record[]::new));
    lake.append(rows.subList(45, 90).toArray(Record[]::new));
    force();
    assertThat(lake.files())
        .hasSize(6)
        .allSatisfy(file -> {
          assertThat(file.severalPartitions()).isFalse();
          assertThat(file.rows()).isEqualTo(15);
        });
    assertThat(lake.files())
        .extracting(LakeFile::partition)
        .contains(RED, "blue", Partition.DEFAULT_NAME);
    assertThat(lake.texts()).hasSize(90).containsEntry(7L, "row 7");
  }

  @Test
  void a_field_added_later_keeps_its_default_in_rows_written_before() throws Exception {
    open();
    Table table = lake.table().iceberg();
    // A file of before: without the column, of which readers say the default.
    GenericRecord row = GenericRecord.create(table.schema().select("id", "text", "vector", "__ts"));
    row.setField("id", 1L);
    row.setField("text", "one");
    row.setField("vector", list(vector(1)));
    try (var writer = RecordFiles.dataWriter(table, row.struct().asSchema())) {
      writer.write(row);
      writer.close();
      table.newAppend().appendFile(writer.toDataFile()).commit();
    }
    lake.append(lake.foreign(2, "two", list(vector(2))));
    Map<Long, Object> before = prices();
    assertThat(before).containsEntry(1L, 1.5).containsEntry(2L, "null");
    force();
    assertThat(lake.files()).noneMatch(LakeFile::severalPartitions);
    assertThat(prices()).isEqualTo(before);
  }

  /** As serving reads them. */
  private Map<Long, Object> prices() {
    Map<Long, Object> prices = new TreeMap<>();
    LakeTable table = lake.table();
    for (LakeFile file : table.snapshot().files()) {
      var batch = table.read(file).batch();
      for (int row = 0; row < batch.size(); row++) {
        Object price = batch.column(CompactionLake.PRICE).orElseThrow().value(row);
        prices.put(
            (Long) batch.column(CompactionLake.ID).orElseThrow().value(row),
            price == null ? "null" : price);
      }
    }
    return prices;
  }

  @Test
  void rows_are_sorted_by_the_clustering_key() throws Exception {
    lake = new CompactionLake(folder, Map.of("clustering.key", "text"));
    for (int i = 0; i < 8; i++) {
      lake.insert(i, 1, "");
      lake.append(lake.foreign(100 - i, "t" + (i * 7 % 8), list(vector(i))));
      lake.commit();
    }
    force();
    for (LakeFile file : lake.files()) {
      var column = lake.table();
      List<String> texts = new ArrayList<>();
      LakeFile same =
          column.snapshot().files().stream()
              .filter(f -> f.path().equals(file.path()))
              .findFirst()
              .orElseThrow();
      var values = column.read(same).batch().column(CompactionLake.TEXT).orElseThrow();
      for (int row = 0; row < values.size(); row++) {
        texts.add(String.valueOf(values.value(row)));
      }
      assertThat(texts).isSorted();
    }
    assertThat(lake.scan()).hasSize(16);
  }

  @Test
  void bad_options_and_bad_clustering_keys_are_refused() {
    lake = new CompactionLake(folder, Map.of("clustering.key", "vector"));
    assertThatThrownBy(this::compact).hasMessageContaining("clustering.key is field vector");
    assertThatThrownBy(() -> lake.run(new CompactJob(), Map.of("files-min", "1")))
        .hasMessageContaining("files-min is '1'");
    assertThatThrownBy(() -> lake.run(new CompactJob(), Map.of("deleted-share", "x")))
        .hasMessageContaining("deleted-share is 'x'");
    assertThatThrownBy(() -> lake.run(new CompactJob(), Map.of("fast", "true")))
        .hasMessageContaining("compact has no option 'fast'");
  }
}
