package io.tidemark.engine.filter;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A schema with a nullable field of every type, and batches of it. */
final class FilterFixture {
  static final int ID = 100;
  static final int VECTOR = 101;
  static final int BOOL = 102;
  static final int INT8 = 103;
  static final int INT16 = 104;
  static final int INT32 = 105;
  static final int INT64 = 106;
  static final int FLOAT = 107;
  static final int DOUBLE = 108;
  static final int TEXT = 109;
  static final int JSON = 110;
  static final int META = 111;

  static final CollectionSchema SCHEMA = schema(true);

  private FilterFixture() {}

  static CollectionSchema schema(boolean dynamic) {
    List<FieldSchema> fields =
        new ArrayList<>(
            List.of(
                new FieldSchema(
                    ID,
                    "id",
                    DataType.INT64,
                    "",
                    true,
                    false,
                    false,
                    false,
                    false,
                    0,
                    0,
                    null,
                    Map.of()),
                new FieldSchema(
                    VECTOR,
                    "vector",
                    DataType.FLOAT_VECTOR,
                    "",
                    false,
                    false,
                    false,
                    false,
                    false,
                    2,
                    0,
                    null,
                    Map.of()),
                nullable(BOOL, "flag", DataType.BOOL, null),
                nullable(INT8, "i8", DataType.INT8, null),
                nullable(INT16, "i16", DataType.INT16, null),
                nullable(INT32, "i32", DataType.INT32, 7L),
                nullable(INT64, "i64", DataType.INT64, null),
                nullable(FLOAT, "f", DataType.FLOAT, null),
                nullable(DOUBLE, "d", DataType.DOUBLE, null),
                nullable(TEXT, "s", DataType.VARCHAR, null),
                nullable(JSON, "j", DataType.JSON, null)));
    if (dynamic) {
      fields.add(FieldSchema.dynamicField(META));
    }
    return new CollectionSchema("", dynamic, 0, fields);
  }

  private static FieldSchema nullable(
      int id, String name, DataType type, @Nullable Object defaultValue) {
    int maxLength = type == DataType.VARCHAR ? 1000 : 0;
    return new FieldSchema(
        id, name, type, "", false, false, true, false, false, 0, maxLength, defaultValue, Map.of());
  }

  /** Columns by field id, each as long as the first. */
  static EntityBatch batch(Map<Integer, List<@Nullable Object>> values) {
    Map<Integer, Column> columns = new TreeMap<>();
    int size = values.values().iterator().next().size();
    values.forEach((id, column) -> {
      ColumnBuilder builder = new ColumnBuilder(SCHEMA.field(id).orElseThrow());
      column.forEach(builder::append);
      columns.put(id, builder.build());
    });
    return new EntityBatch(size, columns);
  }

  /** One field's values. */
  static EntityBatch column(int id, @Nullable Object... values) {
    return batch(Map.of(id, Arrays.asList(values)));
  }

  static Filter parse(String filter) {
    return FilterParser.parse(filter, SCHEMA, Map.of());
  }

  /** The positions of the rows that pass. */
  static List<Integer> passing(String filter, EntityBatch rows) {
    BitSet passing = parse(filter).evaluate(rows, SCHEMA);
    return passing.stream().boxed().toList();
  }
}
