package io.tidemark.connectors.row;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * Where the fields of a collection stand in Flink's rows.
 *
 * @param key the primary key's column; none if the server makes the keys
 * @param fields what is written, the key included
 * @param partition position of the partition's name, or -1
 */
public record RowLayout(Optional<Column> key, List<Column> fields, int partition) {
  public RowLayout {
    fields = List.copyOf(fields);
  }

  /**
   * @param position in the row
   * @param type as the row has it
   */
  public record Column(int position, LogicalType type, FieldSchema field) {}

  /**
   * Matches columns and fields by name.
   *
   * @param schema of the collection
   * @param row columns called like fields, {@code $meta} for the dynamic one
   * @param partition position of a STRING column with the partition's name, or -1; it is no field
   * @throws TidemarkException 1100, naming the column and the way out, if a column has no field or
   *     another type, or if a field that must be given has no column
   */
  public static RowLayout of(CollectionSchema schema, RowType row, int partition) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < row.getFieldCount(); i++) {
      String name = row.getFieldNames().get(i);
      LogicalType type = row.getTypeAt(i);
      if (i == partition) {
        checkText(name, type);
        continue;
      }
      FieldSchema field =
          schema
              .field(name)
              .orElseThrow(() ->
                  TidemarkException.invalid(
                      "column '"
                          + name
                          + "' is no field of the collection, whose fields are "
                          + schema.fields().stream().map(FieldSchema::name).toList()
                          + "; leave it out or rename it"));
      checkType(name, type, field);
      columns.add(new Column(i, type, field));
    }
    for (FieldSchema field : schema.fields()) {
      checkGiven(field, columns);
    }
    Optional<Column> key =
        columns.stream().filter(c -> c.field().primaryKey() && !c.field().autoId()).findFirst();
    return new RowLayout(
        key, columns.stream().filter(c -> !c.field().autoId()).toList(), partition);
  }

  private static void checkGiven(FieldSchema field, List<Column> columns) {
    boolean filled =
        field.nullable() || field.defaultValue() != null || field.dynamic() || field.autoId();
    if (!filled && columns.stream().noneMatch(c -> c.field().name().equals(field.name()))) {
      throw TidemarkException.invalid(
          "field '"
              + field.name()
              + "' of type "
              + field.type()
              + " has no column, and is neither nullable nor has a default: add the column");
    }
  }

  private static void checkText(String name, LogicalType type) {
    if (!isText(type)) {
      throw TidemarkException.invalid(
          "column '"
              + name
              + "' with the partition's name is "
              + type
              + ", expected STRING: cast it");
    }
  }

  private static void checkType(String name, LogicalType type, FieldSchema field) {
    boolean fits =
        switch (field.type()) {
          case BOOL -> type.is(LogicalTypeRoot.BOOLEAN);
          case INT8, INT16, INT32, INT64 -> isInteger(type);
          case FLOAT -> type.is(LogicalTypeRoot.FLOAT);
          case DOUBLE -> type.is(LogicalTypeRoot.FLOAT) || type.is(LogicalTypeRoot.DOUBLE);
          case VARCHAR, JSON -> isText(type);
          case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR ->
              type instanceof ArrayType array && array.getElementType().is(LogicalTypeRoot.FLOAT);
          case INT8_VECTOR ->
              type instanceof ArrayType array && array.getElementType().is(LogicalTypeRoot.TINYINT);
          case BINARY_VECTOR ->
              type.is(LogicalTypeRoot.VARBINARY) || type.is(LogicalTypeRoot.BINARY);
          case SPARSE_FLOAT_VECTOR -> SparseMaps.fits(type);
        };
    if (!fits) {
      throw TidemarkException.invalid(
          "column '"
              + name
              + "' is "
              + type
              + ", but its field is "
              + field.type()
              + ": cast it to "
              + expected(field));
    }
  }

  private static String expected(FieldSchema field) {
    return switch (field.type()) {
      case BOOL -> "BOOLEAN";
      case INT8 -> "TINYINT";
      case INT16 -> "SMALLINT";
      case INT32 -> "INT";
      case INT64 -> "BIGINT";
      case FLOAT -> "FLOAT";
      case DOUBLE -> "DOUBLE";
      case VARCHAR, JSON -> "STRING";
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR -> "ARRAY<FLOAT>";
      case INT8_VECTOR -> "ARRAY<TINYINT>";
      case BINARY_VECTOR -> "BYTES";
      case SPARSE_FLOAT_VECTOR -> "MAP<BIGINT, FLOAT>";
    };
  }

  static boolean isText(LogicalType type) {
    return type.is(LogicalTypeRoot.VARCHAR) || type.is(LogicalTypeRoot.CHAR);
  }

  private static boolean isInteger(LogicalType type) {
    return type.is(LogicalTypeRoot.TINYINT)
        || type.is(LogicalTypeRoot.SMALLINT)
        || type.is(LogicalTypeRoot.INTEGER)
        || type.is(LogicalTypeRoot.BIGINT);
  }
}
