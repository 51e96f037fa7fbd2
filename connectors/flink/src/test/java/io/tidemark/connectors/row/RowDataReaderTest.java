package io.tidemark.connectors.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milvus.grpc.FieldData;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowDataReaderTest {
  private static final LogicalType TEXT = new VarCharType(VarCharType.MAX_LENGTH);
  private static final RowType ROW =
      RowType.of(
          new LogicalType[] {
            new BigIntType(),
            new ArrayType(new FloatType()),
            new IntType(),
            TEXT,
            TEXT,
            new IntType(),
            TEXT
          },
          new String[] {"id", "v", "tiny", "name", "$meta", "kept", "place"});

  private final CollectionSchema schema =
      new CollectionSchema(
          "",
          true,
          0,
          List.of(
              field(100, "id", DataType.INT64, 0, 0, false, null),
              field(101, "v", DataType.FLOAT_VECTOR, 2, 0, false, null),
              field(102, "tiny", DataType.INT8, 0, 0, true, null),
              field(103, "name", DataType.VARCHAR, 0, 4, true, null),
              field(104, "kept", DataType.INT32, 0, 0, false, 7L),
              FieldSchema.dynamicField(105)));
  private final RowLayout layout = RowLayout.of(schema, ROW, 6);
  private final RowDataReader reader = new RowDataReader(layout);

  private static FieldSchema field(
      int id,
      String name,
      DataType type,
      int dimension,
      int length,
      boolean nullable,
      Object defaultValue) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        name.equals("id"),
        false,
        nullable,
        false,
        false,
        dimension,
        length,
        defaultValue,
        Map.of());
  }

  private static GenericArrayData vector(float... values) {
    return new GenericArrayData(values);
  }

  private static GenericRowData row(Object id, Object v, Object tiny, String name) {
    return GenericRowData.of(
        id, v, tiny, name == null ? null : StringData.fromString(name), null, null, null);
  }

  private void refused(GenericRowData row, String... words) {
    assertThatThrownBy(() -> reader.read(row))
        .isInstanceOf(BadRowException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void what_does_not_fit_its_field_is_named_by_key_and_column_with_the_limit() {
    refused(row(null, vector(1, 2), 1, "a"), "'id' is null", "primary key");
    refused(row(5L, vector(1), 1, "a"), "key 5", "'v' has 1 values", "dimension is 2");
    refused(row(5L, null, 1, "a"), "key 5", "'v' is null", "neither nullable");
    refused(
        row(5L, new GenericArrayData(new Float[] {1f, null}), 1, "a"),
        "key 5",
        "'v' has no value at position 1");
    refused(row(5L, vector(1, Float.NaN), 1, "a"), "key 5", "'v' is NaN at position 1");
    refused(row(5L, vector(1, 2), 128, "a"), "key 5", "'tiny' is 128", "[-128, 127]");
    refused(row(5L, vector(1, 2), 1, "étés"), "key 5", "'name' has 6 bytes", "limit is 4");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void columns_hold_the_values_in_order_and_mark_nulls_so_that_the_server_fills_them(boolean binary)
      throws BadRowException {
    List<RowChange> rows = new ArrayList<>();
    for (GenericRowData row :
        List.of(row(1L, vector(1, 2), 3, "a"), row(2L, vector(3, 4), null, null))) {
      rows.add(
          Objects.requireNonNull(
              reader.read(binary ? new RowDataSerializer(ROW).toBinaryRow(row) : row)));
    }
    List<FieldData> data = new FieldDataBuilder(layout).build(rows);
    assertThat(data).extracting(FieldData::getFieldName).doesNotContain("$meta", "place");
    assertThat(data.get(0).getScalars().getLongData().getDataList()).containsExactly(1L, 2L);
    assertThat(data.get(0).getValidDataList()).isEmpty();
    assertThat(data.get(1).getVectors().getDim()).isEqualTo(2);
    assertThat(data.get(1).getVectors().getFloatVector().getDataList())
        .containsExactly(1f, 2f, 3f, 4f);
    assertThat(data.get(2).getScalars().getIntData().getDataList()).containsExactly(3);
    assertThat(data.get(2).getValidDataList()).containsExactly(true, false);
    assertThat(data.get(3).getScalars().getStringData().getDataList()).containsExactly("a");
    assertThat(data.get(4).getFieldName()).isEqualTo("kept");
    assertThat(data.get(4).getValidDataList()).containsExactly(false, false);
  }

  @Test
  void the_dynamic_field_is_given_for_every_row_if_for_one() throws BadRowException {
    GenericRowData first = row(1L, vector(1, 2), 3, "a");
    first.setField(4, StringData.fromString("{\"free\": 1}"));
    List<RowChange> rows =
        List.of(
            Objects.requireNonNull(reader.read(first)),
            Objects.requireNonNull(reader.read(row(2L, vector(1, 2), 3, "a"))));
    FieldData dynamic =
        new FieldDataBuilder(layout)
            .build(rows).stream().filter(FieldData::getIsDynamic).findFirst().orElseThrow();
    assertThat(dynamic.getValidDataList()).isEmpty();
    assertThat(dynamic.getScalars().getJsonData().getDataList())
        .extracting(document -> document.toStringUtf8())
        .containsExactly("{\"free\": 1}", "{}");
  }

  @Test
  void deletions_need_nothing_but_the_key_and_the_old_row_of_an_update_nothing_at_all()
      throws BadRowException {
    GenericRowData row = row(9L, null, null, null);
    row.setRowKind(RowKind.DELETE);
    RowChange deletion = Objects.requireNonNull(reader.read(row));
    assertThat(deletion.deletion()).isTrue();
    assertThat(deletion.key()).isEqualTo(9L);
    row.setRowKind(RowKind.UPDATE_BEFORE);
    assertThat(reader.read(row)).isNull();
  }

  @Test
  void the_partition_is_the_columns_or_the_default_one() throws BadRowException {
    GenericRowData row = row(1L, vector(1, 2), 3, "a");
    assertThat(Objects.requireNonNull(reader.read(row)).partition()).isEmpty();
    row.setField(6, StringData.fromString("second"));
    assertThat(Objects.requireNonNull(reader.read(row)).partition()).isEqualTo("second");
  }

  @Test
  void a_layout_refuses_unknown_columns_other_types_and_missing_fields() {
    assertThatThrownBy(() -> layout("id", new BigIntType(), "w", new ArrayType(new FloatType())))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContainingAll("column 'w' is no field", "id, v, tiny");
    assertThatThrownBy(() -> layout("id", new BigIntType(), "v", new ArrayType(new IntType())))
        .hasMessageContainingAll("column 'v' is ARRAY<INT>", "FLOAT_VECTOR", "ARRAY<FLOAT>");
    assertThatThrownBy(() -> layout("id", TEXT, "v", new ArrayType(new FloatType())))
        .hasMessageContainingAll("column 'id'", "cast it to BIGINT");
    assertThatThrownBy(() -> layout("id", new BigIntType(), "name", TEXT))
        .hasMessageContainingAll("field 'v'", "has no column", "add the column");
  }

  private RowLayout layout(
      String first, LogicalType firstType, String second, LogicalType secondType) {
    return RowLayout.of(
        schema,
        RowType.of(new LogicalType[] {firstType, secondType}, new String[] {first, second}),
        -1);
  }
}
