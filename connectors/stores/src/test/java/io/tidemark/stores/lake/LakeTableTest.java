package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static io.tidemark.stores.lake.LakeFixture.books;
import static io.tidemark.stores.lake.LakeFixture.deletes;
import static io.tidemark.stores.lake.LakeFixture.field;
import static io.tidemark.stores.lake.LakeFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.avro.DataWriter;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.ByteBuffers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LakeTableTest {
  @TempDir Path folder;
  private LakeFixture fixture;
  private LakeTable table;
  private Table iceberg;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
    table = fixture.create(LakeFixture.info(1, "books", LakeFixture.books(), 1));
    iceberg = table.iceberg();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private LakeFile only() {
    table.refresh();
    assertThat(table.snapshot().files()).hasSize(1);
    return table.snapshot().files().getFirst();
  }

  private void delta(List<DataFile> add, List<DeleteFile> deletes) {
    RowDelta delta = iceberg.newRowDelta();
    add.forEach(delta::addRows);
    deletes.forEach(delta::addDeletes);
    delta.commit();
    table.refresh();
  }

  private static float[] vector(LakeRows rows, int field, int row) {
    return ((FloatVectorColumn) rows.batch().column(field).orElseThrow()).vector(row);
  }

  @Test
  void everyTypeReadsBackWithItsNulls() {
    List<FieldSchema> fields = new ArrayList<>();
    fields.add(key(100, "id", DataType.VARCHAR));
    for (DataType type : DataType.values()) {
      fields.add(field(100 + type.number(), "f_" + type.number(), type));
    }
    fields.add(FieldSchema.dynamicField(300));
    CollectionInfo info =
        LakeFixture.info(2, "types", new CollectionSchema("", true, 1, fields), 1);
    LakeTable types = fixture.create(info);
    Map<DataType, Object> vectors =
        Map.of(
            DataType.FLOAT_VECTOR,
            List.of(1f, -2f, 0f, Float.MIN_VALUE),
            DataType.FLOAT16_VECTOR,
            List.of(1f, -2f, 0f, 0x1p-24f),
            DataType.BFLOAT16_VECTOR,
            List.of(1f, -2f, 0f, 0x1p-133f),
            DataType.INT8_VECTOR,
            List.of(1, -2, 0, -128),
            DataType.BINARY_VECTOR,
            ByteBuffer.wrap(new byte[] {1, -128}),
            DataType.SPARSE_FLOAT_VECTOR,
            ByteBuffer.wrap(SparseRow.of(new int[] {3, -2}, new float[] {0.5f, 2})));
    Map<DataType, Object> values =
        Map.of(
            DataType.BOOL,
            true,
            DataType.INT8,
            -128,
            DataType.INT16,
            32_767,
            DataType.INT32,
            Integer.MIN_VALUE,
            DataType.INT64,
            Long.MIN_VALUE,
            DataType.FLOAT,
            1.5f,
            DataType.DOUBLE,
            Math.PI,
            DataType.VARCHAR,
            "naïve \u0000 😀",
            DataType.JSON,
            "{\"a\":[1,null]}");
    Map<String, Object> full = new HashMap<>(Map.of("id", "a", "__ts", 77L, "$meta", "{}"));
    values.forEach((type, value) -> full.put("f_" + type.number(), value));
    vectors.forEach((type, value) -> full.put("f_" + type.number(), value));
    full.put(
        "f_104",
        LakeFixture.sparse(types.iceberg(), "f_104", List.of(3L, 0xFFFF_FFFEL), List.of(0.5f, 2f)));
    Map<String, Object> empty = new HashMap<>(Map.of("id", "b"));
    types
        .iceberg()
        .newAppend()
        .appendFile(LakeFixture.data(types.iceberg(), List.of(full, empty, full)))
        .commit();
    types.refresh();
    LakeRows rows = types.read(types.snapshot().files().getFirst());

    assertThat(rows.batch().size()).isEqualTo(3);
    for (DataType type : DataType.values()) {
      int id = 100 + type.number();
      Object read = rows.batch().column(id).orElseThrow().value(2);
      Object written = values.get(type);
      if (type.isVector()) {
        assertThat(
                read instanceof byte[] bytes
                    ? Arrays.toString(bytes)
                    : Arrays.toString((float[]) read))
            .isEqualTo(
                vectors.get(type) instanceof ByteBuffer bits
                    ? Arrays.toString(ByteBuffers.toByteArray(bits))
                    : String.valueOf(vectors.get(type)));
        continue;
      }
      assertThat(rows.batch().column(id).orElseThrow().isNull(1)).isTrue();
      assertThat(rows.batch().column(id).orElseThrow().type()).isEqualTo(type);
      if (type.isInteger()) {
        assertThat(read).isEqualTo(((Number) written).longValue());
      } else if (type.isFloating()) {
        assertThat(read).isEqualTo(((Number) written).doubleValue());
      } else {
        assertThat(read).isEqualTo(written);
      }
    }
    assertThat(rows.batch().column(300).orElseThrow().value(0)).isEqualTo("{}");
    assertThat(rows.rejected()).containsExactly(1);
    long added = types.snapshot().files().getFirst().addedTimestamp();
    assertThat(rows.timestamps()).containsExactly(77, added, 77);
  }

  @Test
  void aPlainAppendOfAnotherEngineIsVisible() {
    Schema theirs = iceberg.schema().select("id", "vec");
    DataFile file =
        write(
            theirs,
            LakeFixture.records(
                theirs, List.of(LakeFixture.book(1, 0, 0, ""), LakeFixture.book(2, 0, 0, ""))),
            Map.of());
    iceberg.newAppend().appendFile(file).commit();

    LakeFile seen = only();
    assertThat(seen.partition()).isEqualTo("_default");
    assertThat(seen.shard()).isEqualTo(LakeFile.SHARD_UNKNOWN);
    assertThat(HybridTimestamp.physicalMs(seen.addedTimestamp()))
        .isEqualTo(iceberg.currentSnapshot().timestampMillis());
    LakeRows rows = table.read(seen);
    assertThat(rows.batch().column(100).orElseThrow().value(1)).isEqualTo(2L);
    assertThat(rows.batch().column(101).orElseThrow().isNull(0)).isTrue();
    assertThat(vector(rows, 102, 1)).containsExactly(2f, 1f, 2f, 3f);
    assertThat(rows.timestamps()).containsOnly(seen.addedTimestamp());
    assertThat(rows.partitions()).isNull();
    assertThat(rows.rejected()).isEmpty();
  }

  @Test
  void badVectorsStayInPlaceAndAreReported() {
    List<Map<String, Object>> rows = new ArrayList<>();
    List<List<Float>> vectors =
        Arrays.asList(
            List.of(1f, 1f, 1f, 1f),
            List.of(1f, 1f, 1f),
            List.of(1f, 1f, 1f, 1f, 1f),
            null,
            List.of(),
            List.of(1f, Float.NaN, 1f, 1f),
            List.of(1f, Float.NEGATIVE_INFINITY, 1f, 1f),
            List.of(2f, 2f, 2f, 2f));
    for (int i = 0; i < vectors.size(); i++) {
      Map<String, Object> row = LakeFixture.book(i, CREATED, 0, "_default");
      row.put("vec", vectors.get(i));
      rows.add(row);
    }
    iceberg.newAppend().appendFile(LakeFixture.data(iceberg, rows)).commit();

    LakeRows read = table.read(only());
    assertThat(read.rejected()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(vector(read, 102, 0)).containsExactly(1f, 1f, 1f, 1f);
    assertThat(vector(read, 102, 2)).containsExactly(0f, 0f, 0f, 0f);
    assertThat(vector(read, 102, 7)).containsExactly(2f, 2f, 2f, 2f);
    assertThat(table.read(only(), List.of(101)).rejected()).isEmpty();
  }

  private static Map<String, Object> with(Map<String, Object> row, String column, Object value) {
    Map<String, Object> more = new HashMap<>(row);
    more.put(column, value);
    return more;
  }

  /** Of columns that have 4 bytes for each element, whatever the field can hold. */
  @Test
  void narrowVectorsOfAnotherEngineAreRoundedOrReported() {
    LakeTable narrow =
        fixture.create(
            LakeFixture.info(
                2,
                "narrow",
                LakeFixture.schema(
                    LakeFixture.key(100, "id", DataType.INT64),
                    LakeFixture.field(101, "half", DataType.FLOAT16_VECTOR),
                    LakeFixture.field(102, "brain", DataType.BFLOAT16_VECTOR),
                    LakeFixture.field(103, "bytes", DataType.INT8_VECTOR),
                    LakeFixture.field(104, "bits", DataType.BINARY_VECTOR)),
                1));
    Table written = narrow.iceberg();
    assertThat(written.schema().findType("half").toString()).isEqualTo("list<float>");
    assertThat(written.schema().findType("bytes").toString()).isEqualTo("list<int>");
    assertThat(written.schema().findType("bits").toString()).isEqualTo("binary");
    List<Float> floats = List.of(1.0001f, -2f, 0f, 65_504f);
    List<Integer> ints = List.of(127, -128, 0, 1);
    List<Map<String, Object>> rows = new ArrayList<>();
    rows.add(Map.of("id", 0L, "half", floats, "brain", floats, "bytes", ints));
    rows.add(Map.of("id", 1L, "half", List.of(7e4f, 0f, 0f, 0f), "brain", floats, "bytes", ints));
    rows.add(Map.of("id", 2L, "half", floats, "brain", floats, "bytes", List.of(128, 0, 0, 0)));
    rows.add(Map.of("id", 3L, "half", floats, "brain", List.of(1f), "bytes", ints));
    rows.add(Map.of("id", 4L, "half", floats, "brain", floats));
    rows.add(Map.of("id", 5L, "half", floats, "brain", floats, "bytes", ints));
    ByteBuffer bits = ByteBuffer.wrap(new byte[] {7, -1});
    rows.replaceAll(row -> row.get("id").equals(5L) ? row : with(row, "bits", bits.duplicate()));
    rows.add(with(rows.getFirst(), "bits", ByteBuffer.wrap(new byte[3])));
    written.newAppend().appendFile(LakeFixture.data(written, rows)).commit();
    narrow.refresh();
    LakeRows read = narrow.read(narrow.snapshot().files().getFirst());
    assertThat(read.rejected()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat((byte[]) read.batch().column(104).orElseThrow().value(0)).containsExactly(7, -1);
    assertThat((byte[]) read.batch().column(104).orElseThrow().value(6)).containsExactly(0, 0);
    assertThat((float[]) read.batch().column(101).orElseThrow().value(0))
        .containsExactly(1f, -2f, 0f, 65_504f);
    assertThat((float[]) read.batch().column(102).orElseThrow().value(0))
        .containsExactly(1f, -2f, 0f, 65_536f);
    assertThat((byte[]) read.batch().column(103).orElseThrow().value(0))
        .containsExactly(127, -128, 0, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "false, zstd, v1, 20000",
    "false, uncompressed, v1, 1048576",
    "false, snappy, v2, 20000",
    "true, gzip, v1, 1048576",
    "true, zstd, v2, 20000",
  })
  void vectorsReadBackFromAnyParquet(
      boolean dictionary, String codec, String version, int rowGroupBytes) {
    long seed = 20_261_121;
    Random random = new Random(seed);
    int count = 5_000;
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, Object> row = LakeFixture.book(i, CREATED + i, 0, "_default");
      row.put(
          "vec", List.of(random.nextFloat(), (float) random.nextInt(3), random.nextFloat(), -1f));
      rows.add(row);
    }
    DataFile file =
        write(
            iceberg.schema(),
            LakeFixture.records(iceberg.schema(), rows),
            Map.of(
                "parquet.enable.dictionary",
                Boolean.toString(dictionary),
                "write.parquet.compression-codec",
                codec,
                "parquet.writer.version",
                version,
                "write.parquet.page-size-bytes",
                "4096",
                "write.parquet.row-group-size-bytes",
                Integer.toString(rowGroupBytes)));
    iceberg.newAppend().appendFile(file).commit();
    LakeRows read = table.read(only());

    assertThat(read.rejected()).isEmpty();
    for (int i = 0; i < count; i++) {
      List<?> written = (List<?>) rows.get(i).get("vec");
      float[] vector = vector(read, 102, i);
      for (int d = 0; d < 4; d++) {
        assertThat(vector[d]).as("seed %d row %d", seed, i).isEqualTo(written.get(d));
      }
      assertThat(read.batch().column(100).orElseThrow().value(i)).isEqualTo((long) i);
      assertThat(read.timestamps()[i]).isEqualTo(CREATED + i);
    }
    assertThat(read.batch().column(101).orElseThrow().value(4_999)).isEqualTo("book 4999");
  }

  @Test
  void avroFilesOfAnotherEngineAreRead() throws Exception {
    OutputFile out = iceberg.io().newOutputFile(iceberg.location() + "/data/theirs.avro");
    FileAppender<Record> writer =
        Avro.write(out).schema(iceberg.schema()).createWriterFunc(DataWriter::create).build();
    Map<String, Object> ragged = LakeFixture.book(2, CREATED, 0, "_default");
    ragged.put("vec", List.of(1f));
    try (writer) {
      writer.addAll(
          LakeFixture.records(
              iceberg.schema(), List.of(LakeFixture.book(1, CREATED, 0, "_default"), ragged)));
    }
    iceberg
        .newAppend()
        .appendFile(
            DataFiles.builder(iceberg.spec())
                .withInputFile(out.toInputFile())
                .withFormat(FileFormat.AVRO)
                .withRecordCount(2)
                .build())
        .commit();
    LakeRows rows = table.read(only());
    assertThat(vector(rows, 102, 0)).containsExactly(1f, 1f, 2f, 3f);
    assertThat(rows.rejected()).containsExactly(1);
  }

  @Test
  void filesCarryTheDeletesThatHitThem() throws Exception {
    delta(List.of(books(iceberg, CREATED + 1, 1, 2, 3)), List.of());
    delta(List.of(books(iceberg, CREATED + 2, 2)), List.of(deletes(iceberg, 2, 9)));
    delta(List.of(), List.of(deletes(iceberg, 1)));

    List<LakeFile> files =
        table.snapshot().files().stream()
            .sorted(java.util.Comparator.comparingLong(LakeFile::sequenceNumber))
            .toList();
    assertThat(files).extracting(LakeFile::sequenceNumber).containsExactly(1L, 2L);
    List<DeleteRef> first = files.getFirst().deletes();
    assertThat(first).extracting(DeleteRef::sequenceNumber).containsExactly(2L, 3L);
    assertThat(first).allMatch(DeleteRef::byPrimaryKey);
    assertThat(files.get(1).deletes()).as("its own snapshot's and one of another key").isEmpty();
    assertThat(table.equalityDeleteKeys(first.getFirst()).size()).isEqualTo(2);
    assertThat(table.equalityDeleteKeys(first.getFirst()).value(1)).isEqualTo(9L);
    assertThat(table.positionDeleted(files.getFirst()).isEmpty()).isTrue();
  }

  @Test
  void positionDeletesAndDeletesOnOtherColumnsBecomePositions() throws Exception {
    DataFile file = books(iceberg, CREATED + 1, 10, 11, 12, 13, 14);
    delta(List.of(file), List.of());
    delta(List.of(), List.of(positions(file, 1, 3)));
    delta(List.of(), List.of(deletes(iceberg, List.of(Map.of("title", "book 14")))));
    delta(
        List.of(),
        List.of(
            deletes(
                iceberg,
                List.of(
                    Map.of("id", 10L, "__partition", "_default"),
                    Map.of("id", 12L, "__partition", "elsewhere")))));

    LakeFile seen = only();
    assertThat(seen.deletes()).hasSize(3).noneMatch(DeleteRef::byPrimaryKey);
    assertThat(table.positionDeleted(seen).stream()).containsExactly(0, 1, 3, 4);
    assertThatThrownBy(() -> table.equalityDeleteKeys(seen.deletes().getFirst()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anOldSnapshotKeepsShowingItsOwnDeletes() throws Exception {
    delta(List.of(books(iceberg, CREATED + 1, 1, 2)), List.of());
    LakeFile before = only();
    delta(List.of(), List.of(deletes(iceberg, List.of(Map.of("title", "book 2")))));
    LakeFile after = only();
    assertThat(table.positionDeleted(before).isEmpty()).isTrue();
    assertThat(table.positionDeleted(after).stream()).containsExactly(1);
  }

  @Test
  void filesTellTheirPartitionAndShard() throws Exception {
    String longName = "p".repeat(200);
    delta(
        List.of(LakeFixture.data(iceberg, List.of(LakeFixture.book(1, CREATED, 0, longName)))),
        List.of());
    assertThat(only().partition()).isEqualTo(longName);
    assertThat(only().shard()).isZero();
  }

  @Test
  void rowsWhoseSnapshotHasExpiredAreOlderThanEveryPosition() throws Exception {
    delta(List.of(books(iceberg, CREATED + 1, 1)), List.of());
    iceberg.newAppend().commit();
    iceberg
        .expireSnapshots()
        .expireOlderThan(System.currentTimeMillis() + 1)
        .retainLast(1)
        .commit();
    assertThat(only().addedTimestamp()).isEqualTo(CREATED);
  }

  @Test
  void refreshTellsWhetherThereIsSomethingNew() throws Exception {
    assertThat(table.refresh()).isFalse();
    Table other = fixture.lake.table(table.info()).iceberg();
    other.newAppend().appendFile(books(other, CREATED, 1)).commit();
    assertThat(table.refresh()).isTrue();
    assertThat(table.refresh()).isFalse();
    assertThat(table.snapshot()).isSameAs(table.snapshot());
  }

  @Test
  void aWholeVectorFileIsReadTheFastWay() throws Exception {
    // The pages of our own files must pass the check, else every read would silently be slow.
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      rows.add(LakeFixture.book(i, CREATED, 0, "_default"));
    }
    DataFile file = LakeFixture.data(iceberg, rows);
    assertThat(RawVectors.readable(iceberg, file.location(), "vec", 4)).isTrue();
    assertThat(RawVectors.readable(iceberg, file.location(), "vec", 2)).isFalse();
  }

  private DataFile write(Schema schema, List<Record> rows, Map<String, String> properties) {
    try {
      String name = java.util.UUID.randomUUID() + ".parquet";
      OutputFile out = iceberg.io().newOutputFile(iceberg.locationProvider().newDataLocation(name));
      org.apache.iceberg.io.DataWriter<Record> writer =
          Parquet.writeData(out)
              .forTable(iceberg)
              .schema(schema)
              .setAll(properties)
              .withSpec(iceberg.spec())
              .createWriterFunc(GenericParquetWriter::create)
              .build();
      try (writer) {
        rows.forEach(writer::write);
      }
      return writer.toDataFile();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private DeleteFile positions(DataFile file, long... positions) throws IOException {
    OutputFile out = iceberg.io().newOutputFile(iceberg.location() + "/data/pos.parquet");
    PositionDeleteWriter<Record> writer =
        Parquet.writeDeletes(out).withSpec(iceberg.spec()).buildPositionWriter();
    try (writer) {
      for (long position : positions) {
        writer.write(PositionDelete.<Record>create().set(file.location(), position));
      }
    }
    DeleteFile written = writer.toDeleteFile();
    return FileMetadata.deleteFileBuilder(iceberg.spec()).copy(written).build();
  }
}
