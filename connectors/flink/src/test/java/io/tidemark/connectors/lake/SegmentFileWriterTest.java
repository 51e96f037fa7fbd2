package io.tidemark.connectors.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFileWriterTest {
  private static final long CREATED = 1_000;
  private static final List<FieldSchema> FIELDS =
      List.of(
          field(100, "id", DataType.VARCHAR, true, false, null),
          field(101, "flag", DataType.BOOL, false, true, null),
          field(102, "tiny", DataType.INT8, false, false, null),
          field(103, "number", DataType.INT32, false, true, null),
          field(104, "long", DataType.INT64, false, false, 7L),
          field(105, "float", DataType.FLOAT, false, false, null),
          field(106, "double", DataType.DOUBLE, false, false, null),
          field(107, "json", DataType.JSON, false, true, null),
          field(108, "vector", DataType.FLOAT_VECTOR, false, false, null));

  @TempDir Path folder;
  private Lake lake;
  private LakeTable table;

  @BeforeEach
  void create() {
    lake = Lake.open(LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse")));
    CollectionInfo info =
        new CollectionInfo(
            CREATED,
            "default",
            "books",
            new CollectionSchema("", false, 1, FIELDS),
            List.of(0),
            ConsistencyLevel.STRONG,
            CREATED,
            CREATED,
            List.of(),
            List.of(),
            Map.of());
    lake.createCollection(info);
    table = lake.table(info);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static FieldSchema field(
      int id,
      String name,
      DataType type,
      boolean key,
      boolean nullable,
      @Nullable Object defaultValue) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        key,
        false,
        nullable,
        false,
        false,
        type.isVector() ? 2 : 0,
        type == DataType.VARCHAR ? 100 : 0,
        defaultValue,
        Map.of());
  }

  @Test
  void every_type_null_and_default_is_in_the_table_as_plain_iceberg_reads_it() throws Exception {
    EntityBatch full =
        batch(FIELDS, List.of("ä", true, 1, 2, 3, 4.5f, 6.25, "{\"a\":1}", new float[] {1, 2}));
    List<FieldSchema> older = FIELDS.stream().filter(f -> f.id() != 104 && f.id() != 107).toList();
    List<@Nullable Object> values =
        new ArrayList<>(List.of("b", false, -1, 0, 0.5f, 0.25, new float[] {3, 4}));
    values.set(1, null);
    values.set(3, null);
    commit(
        change(
            new NetChange.Rows("_default", 1_001, full),
            new NetChange.Rows("_default", 1_002, batch(older, values))));
    Map<String, Record> rows = rows();
    Record first = rows.get("ä");
    assertThat(first.getField("flag")).isEqualTo(true);
    assertThat(first.getField("tiny")).isEqualTo(1);
    assertThat(first.getField("number")).isEqualTo(2);
    assertThat(first.getField("long")).isEqualTo(3L);
    assertThat(first.getField("float")).isEqualTo(4.5f);
    assertThat(first.getField("double")).isEqualTo(6.25);
    assertThat(first.getField("json")).isEqualTo("{\"a\":1}");
    assertThat(first.getField("vector")).isEqualTo(List.of(1f, 2f));
    assertThat(first.getField("__ts")).isEqualTo(1_001L);
    assertThat(first.getField("__shard")).isEqualTo(0);
    assertThat(first.getField("__partition")).isEqualTo("_default");
    Record second = rows.get("b");
    assertThat(second.getField("flag")).isNull();
    assertThat(second.getField("number")).isNull();
    assertThat(second.getField("long")).as("default of a field added later").isEqualTo(7L);
    assertThat(second.getField("json")).as("a field added later without a default").isNull();
    assertThat(second.getField("__ts")).isEqualTo(1_002L);
  }

  @Test
  void a_data_file_holds_rows_of_one_partition_and_is_closed_at_its_size() throws Exception {
    NetChange change =
        change(keys("a", 1_001, 0, 5000), keys("b", 1_002, 5000, 10), keys("a", 1_003, 5010, 5000));
    commit(SegmentFileWriter.write(table, 0, change, 1), List.of());
    List<LakeFile> files = table.snapshot().files();
    assertThat(files)
        .filteredOn(f -> f.partition().equals("b"))
        .extracting(LakeFile::rows)
        .containsExactly(10L);
    assertThat(files).filteredOn(f -> f.partition().equals("a")).hasSizeGreaterThan(1);
    assertThat(files.stream().mapToLong(LakeFile::rows).sum()).isEqualTo(10_010);
    assertThat(files).allSatisfy(f -> assertThat(f.shard()).isZero());
  }

  @Test
  void deletes_kill_older_rows_everywhere_or_in_one_partition_but_not_their_own_windows()
      throws Exception {
    commit(change(keys("a", 1_001, 0, 4), keys("b", 1_001, 0, 4)));
    NetChange change =
        new NetChange(
            List.of(keys("a", 1_002, 0, 1)),
            Set.of("k0"),
            Map.of("a", Set.of("k1")),
            Set.of("b"),
            false,
            1);
    commit(SegmentFileWriter.write(table, 0, change, 1 << 20), List.of("b"));
    List<String> left = new ArrayList<>();
    try (CloseableIterable<Record> read = IcebergGenerics.read(table.iceberg()).build()) {
      read.forEach(row ->
          left.add(row.getField("id") + "@" + row.getField("__partition") + row.getField("__ts")));
    }
    assertThat(left).containsExactlyInAnyOrder("k0@a1002", "k2@a1001", "k3@a1001");
  }

  @Test
  void a_delete_in_the_default_partition_kills_rows_of_other_engines_too() throws Exception {
    commit(change(keys("a", 1_001, 0, 2)));
    GenericRecord foreign = GenericRecord.create(table.iceberg().schema());
    foreign.setField("id", "k0");
    table
        .iceberg()
        .newAppend()
        .appendFile(RecordFiles.writeData(table.iceberg(), List.of(foreign)))
        .commit();
    NetChange change =
        new NetChange(List.of(), Set.of(), Map.of("_default", Set.of("k0")), Set.of(), false, 0);
    commit(change);
    List<String> left = new ArrayList<>();
    try (CloseableIterable<Record> read = IcebergGenerics.read(table.iceberg()).build()) {
      read.forEach(row -> left.add(row.getField("id") + "@" + row.getField("__partition")));
    }
    assertThat(left).containsExactlyInAnyOrder("k0@a", "k1@a");
    LakeFile file =
        table.snapshot().files().stream()
            .filter(f -> f.partition().equals("_default"))
            .findFirst()
            .orElseThrow();
    assertThat(table.positionDeleted(file).cardinality()).isEqualTo(1);
  }

  @Test
  void rows_that_do_not_fit_the_table_are_refused_with_the_field_and_leave_no_file()
      throws Exception {
    table.iceberg().updateSchema().deleteColumn("tiny").commit();
    assertThatThrownBy(
            () -> SegmentFileWriter.write(table, 0, change(keys("a", 1_001, 0, 2000)), 1))
        .isInstanceOf(UnwritableRowsException.class)
        .hasMessageContaining("'tiny'");
    try (Stream<Path> files = Files.walk(folder.resolve("warehouse"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
          .noneMatch(file -> file.toString().contains("books"));
    }
  }

  private static NetChange.Rows keys(String partition, long timestamp, int first, int count) {
    ColumnBuilder ids = new ColumnBuilder(FIELDS.getFirst());
    ColumnBuilder tiny = new ColumnBuilder(FIELDS.get(2));
    for (int i = first; i < first + count; i++) {
      ids.append("k" + i);
      tiny.append(1);
    }
    return new NetChange.Rows(
        partition, timestamp, new EntityBatch(count, Map.of(100, ids.build(), 102, tiny.build())));
  }

  private static EntityBatch batch(List<FieldSchema> fields, List<@Nullable Object> values) {
    Map<Integer, io.tidemark.model.column.Column> columns = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      columns.put(
          fields.get(i).id(), new ColumnBuilder(fields.get(i)).append(values.get(i)).build());
    }
    return new EntityBatch(1, columns);
  }

  private static NetChange change(NetChange.Rows... rows) {
    return new NetChange(List.of(rows), Set.of(), Map.of(), Set.of(), false, 0);
  }

  private void commit(NetChange change) {
    commit(SegmentFileWriter.write(table, 0, change, 1 << 20), List.of());
  }

  private void commit(SegmentFileWriter.Written written, List<String> dropped) {
    long from = table.position(0);
    new LogSnapshotCommitter()
        .commit(table, 0, from, from + 1, written.dataFiles(), written.deleteFiles(), dropped);
  }

  private Map<String, Record> rows() throws IOException {
    Map<String, Record> rows = new HashMap<>();
    try (CloseableIterable<Record> read = IcebergGenerics.read(table.iceberg()).build()) {
      read.forEach(row -> rows.put((String) row.getField("id"), row));
    }
    return rows;
  }
}
