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
import org.apache.iceberg.Table;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.avro.DataWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
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
    written.newAppend().appendFile(write(written, format, rows)).commit();
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

  private static Record sparse(Table table, List<Long> indices, List<Float> values) {
    return LakeFixture.sparse(table, "v", indices, values);
  }

  private static DataFile write(Table table, FileFormat format, List<Map<String, Object>> rows)
      throws IOException {
    if (format == FileFormat.PARQUET) {
      return LakeFixture.data(table, rows);
    }
    OutputFile out = table.io().newOutputFile(table.location() + "/data/sparse.avro");
    FileAppender<Record> writer =
        Avro.write(out).schema(table.schema()).createWriterFunc(DataWriter::create).build();
    try (writer) {
      writer.addAll(LakeFixture.records(table.schema(), rows));
    }
    return DataFiles.builder(table.spec())
        .withInputFile(out.toInputFile())
        .withFormat(format)
        .withRecordCount(rows.size())
        .build();
  }
}
