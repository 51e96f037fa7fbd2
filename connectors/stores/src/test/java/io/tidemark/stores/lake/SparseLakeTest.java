package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.avro.DataWriter;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sparse vectors in data files. */
class SparseLakeTest {
  @TempDir Path folder;

  private LakeFixture fixture;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Of two lists each; whatever another engine has put into them. */
  @ParameterizedTest
  @EnumSource(names = {"PARQUET", "AVRO"})
  void sparseVectorsOfAnotherEngineAreReadOrReported(FileFormat format) throws IOException {
    FieldSchema later = LakeFixture.field(103, "later", DataType.SPARSE_FLOAT_VECTOR);
    LakeTable sparse =
        fixture.create(
            LakeFixture.info(
                2,
                "sparse",
                LakeFixture.schema(
                    LakeFixture.key(100, "id", DataType.INT64),
                    LakeFixture.field(102, "v", DataType.SPARSE_FLOAT_VECTOR),
                    new FieldSchema(
                        103,
                        "later",
                        later.type(),
                        "",
                        false,
                        false,
                        true,
                        false,
                        false,
                        0,
                        0,
                        null,
                        Map.of())),
                1));
    Table written = sparse.iceberg();
    assertThat(written.schema().findType("v"))
        .hasToString("struct<7: indices: required list<long>, 8: values: required list<float>>");
    List<@Nullable Record> vectors = new ArrayList<>();
    vectors.add(sparse(written, List.of(1L, 7L, 4_000_000_000L), List.of(1f, 0f, 3f)));
    vectors.add(sparse(written, List.of(), List.of()));
    vectors.add(sparse(written, List.of(5L), List.of(9f)));
    vectors.add(null);
    vectors.add(sparse(written, List.of(7L, 5L), List.of(1f, 2f)));
    vectors.add(sparse(written, List.of(5L, 5L), List.of(1f, 2f)));
    vectors.add(sparse(written, List.of(5L), List.of(-1f)));
    vectors.add(sparse(written, List.of(5L), List.of(Float.NaN)));
    vectors.add(sparse(written, List.of(5L, 6L), List.of(1f)));
    vectors.add(sparse(written, List.of(-1L), List.of(1f)));
    vectors.add(sparse(written, List.of(0xFFFF_FFFFL), List.of(1f)));
    vectors.add(sparse(written, List.of(2L), List.of(4f)));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Record vector : vectors) {
      Map<String, Object> row = new HashMap<>(Map.of("id", (long) rows.size()));
      if (vector != null) {
        row.put("v", vector);
      }
      if (rows.size() == 2) {
        row.put("later", vector);
      }
      rows.add(row);
    }
    written.newAppend().appendFile(write(written, written.schema(), format, rows)).commit();
    sparse.refresh();
    LakeRows read = sparse.read(sparse.snapshot().files().getFirst());
    assertThat(read.rejected()).containsExactly(3, 4, 5, 6, 7, 8, 9, 10);
    Column column = read.batch().column(102).orElseThrow();
    assertThat(column.value(0))
        .isEqualTo(SparseRow.of(new int[] {1, 7, (int) 4_000_000_000L}, new float[] {1, 0, 3}));
    assertThat(column.value(1)).isEqualTo(new byte[0]);
    assertThat(column.value(2)).isEqualTo(SparseRow.of(new int[] {5}, new float[] {9}));
    assertThat(column.value(4)).isEqualTo(new byte[0]);
    assertThat(column.value(11)).isEqualTo(SparseRow.of(new int[] {2}, new float[] {4}));
    Column nullable = read.batch().column(103).orElseThrow();
    assertThat(nullable.isNull(0)).isTrue();
    assertThat(nullable.value(2)).isEqualTo(column.value(2));
  }

  /** Which may be so where the table wants it otherwise. */
  @ParameterizedTest
  @EnumSource(names = {"PARQUET", "AVRO"})
  void aVectorThatLacksAListIsReportedAndOneWithEmptyListsIsNot(FileFormat format)
      throws IOException {
    LakeTable sparse =
        fixture.create(
            LakeFixture.info(
                2,
                "sparse",
                LakeFixture.schema(
                    LakeFixture.key(100, "id", DataType.INT64),
                    LakeFixture.field(102, "v", DataType.SPARSE_FLOAT_VECTOR)),
                1));
    Table written = sparse.iceberg();
    Schema lax =
        new Schema(
            written.schema().columns().stream()
                .map(column -> column.name().equals("v") ? withoutRequirements(column) : column)
                .toList());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Record vector :
        List.of(
            sparse(written, List.of(1L), List.of(1f)),
            sparse(written, null, List.of(2f)),
            sparse(written, List.of(3L), null),
            sparse(written, null, null),
            sparse(written, null, List.of()),
            sparse(written, List.of(), null),
            sparse(written, List.of(), List.of()),
            sparse(written, List.of(7L), List.of(7f)))) {
      rows.add(Map.of("id", (long) rows.size(), "v", vector));
    }
    written.newAppend().appendFile(write(written, lax, format, rows)).commit();
    sparse.refresh();
    LakeRows read = sparse.read(sparse.snapshot().files().getFirst());
    assertThat(read.rejected()).containsExactly(1, 2, 3, 4, 5);
    Column column = read.batch().column(102).orElseThrow();
    assertThat(column.value(0)).isEqualTo(SparseRow.of(new int[] {1}, new float[] {1}));
    assertThat(column.value(6)).isEqualTo(new byte[0]);
    assertThat(column.value(7)).isEqualTo(SparseRow.of(new int[] {7}, new float[] {7}));
  }

  private static NestedField withoutRequirements(NestedField vector) {
    List<NestedField> lists =
        vector.type().asStructType().fields().stream().map(NestedField::asOptional).toList();
    return NestedField.optional(vector.fieldId(), vector.name(), Types.StructType.of(lists));
  }

  private static Record sparse(
      Table table, @Nullable List<Long> indices, @Nullable List<Float> values) {
    return LakeFixture.sparse(table, "v", indices, values);
  }

  private static DataFile write(
      Table table, Schema schema, FileFormat format, List<Map<String, Object>> rows)
      throws IOException {
    OutputFile out = table.io().newOutputFile(table.location() + "/data/sparse." + format);
    FileAppender<Record> writer =
        format == FileFormat.PARQUET
            ? Parquet.write(out)
                .schema(schema)
                .createWriterFunc(GenericParquetWriter::create)
                .build()
            : Avro.write(out).schema(schema).createWriterFunc(DataWriter::create).build();
    try (writer) {
      writer.addAll(LakeFixture.records(schema, rows));
    }
    return DataFiles.builder(table.spec())
        .withInputFile(out.toInputFile())
        .withFormat(format)
        .withRecordCount(rows.size())
        .build();
  }
}
