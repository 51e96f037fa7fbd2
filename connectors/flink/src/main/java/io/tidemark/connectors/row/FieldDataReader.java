package io.tidemark.connectors.row;

import io.milvus.grpc.FieldData;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.VectorField;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * The columns of an answer as Flink's rows: what {@link FieldDataBuilder} is for requests.
 * Thread-safe.
 *
 * @param columns of the rows, in their order
 */
public record FieldDataReader(List<Column> columns) implements Serializable {
  /**
   * @param type at least as wide as the field
   */
  public record Column(FieldSchema field, LogicalType type) implements Serializable {
    public Column {
      FieldTypes.checkHolds(field, type);
    }
  }

  public FieldDataReader {
    columns = List.copyOf(columns);
  }

  /**
   * @param names of fields, in the rows' order
   * @param types of the rows' columns
   * @throws TidemarkException 1100 if a name is no field's, or its column is too narrow
   */
  public static FieldDataReader of(
      CollectionSchema schema, List<String> names, List<LogicalType> types) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      FieldSchema field =
          schema
              .field(name)
              .orElseThrow(() ->
                  TidemarkException.invalid(
                      "column '"
                          + name
                          + "' is no field of the collection, so the server cannot give it; leave it out"));
      columns.add(new Column(field, types.get(i)));
    }
    return new FieldDataReader(columns);
  }

  /** Names of the fields that an answer must have. */
  public List<String> names() {
    return columns.stream().map(column -> column.field().name()).toList();
  }

  /**
   * Makes the row of each number below the answer's count of rows.
   *
   * @param more places that are left free after the columns
   * @throws TidemarkException UNEXPECTED if the answer lacks a field
   */
  public IntFunction<GenericRowData> rows(List<FieldData> answer, int more) {
    List<IntFunction<@Nullable Object>> values = new ArrayList<>();
    for (Column column : columns) {
      values.add(values(find(answer, column.field().name()), column));
    }
    return index -> {
      GenericRowData row = new GenericRowData(values.size() + more);
      for (int i = 0; i < values.size(); i++) {
        row.setField(i, values.get(i).apply(index));
      }
      return row;
    };
  }

  /**
   * A field of an answer.
   *
   * @throws TidemarkException UNEXPECTED if it lacks
   */
  public static FieldData find(List<FieldData> answer, String name) {
    for (FieldData field : answer) {
      if (field.getFieldName().equals(name)) {
        return field;
      }
    }
    throw new TidemarkException(
        ErrorCode.UNEXPECTED, "the server's answer lacks field '" + name + "'");
  }

  private static IntFunction<@Nullable Object> values(FieldData data, Column column) {
    IntFunction<@Nullable Object> present = present(data, column);
    if (data.getValidDataCount() == 0) {
      return present;
    }
    // Scalars have a filler in a null's place, vectors nothing.
    int[] places = new int[data.getValidDataCount()];
    int place = 0;
    for (int row = 0; row < places.length; row++) {
      places[row] = column.field().type().isVector() ? place : row;
      place += data.getValidData(row) ? 1 : 0;
    }
    return row -> data.getValidData(row) ? present.apply(places[row]) : null;
  }

  private static IntFunction<@Nullable Object> present(FieldData data, Column column) {
    ScalarField scalars = data.getScalars();
    LogicalType type = column.type();
    return switch (column.field().type()) {
      case BOOL -> row -> scalars.getBoolData().getData(row);
      case INT8, INT16, INT32 -> row -> number(scalars.getIntData().getData(row), type);
      case INT64 -> row -> scalars.getLongData().getData(row);
      case FLOAT -> row -> number(scalars.getFloatData().getData(row), type);
      case DOUBLE -> row -> scalars.getDoubleData().getData(row);
      case VARCHAR -> row -> StringData.fromString(scalars.getStringData().getData(row));
      case JSON -> row -> StringData.fromBytes(scalars.getJsonData().getData(row).toByteArray());
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR ->
          row -> vector(data.getVectors(), column.field(), row);
      case BINARY_VECTOR ->
          row ->
              VectorBytes.read(
                  data.getVectors(), DataType.BINARY_VECTOR, column.field().dimension(), row);
      case SPARSE_FLOAT_VECTOR ->
          row -> SparseMaps.of(data.getVectors().getSparseFloatVector().getContents(row));
    };
  }

  private static Number number(Number value, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case TINYINT -> value.byteValue();
      case SMALLINT -> value.shortValue();
      case INTEGER -> value.intValue();
      case BIGINT -> value.longValue();
      case FLOAT -> value.floatValue();
      case DOUBLE -> value.doubleValue();
      default -> throw new IllegalStateException(type + " is no number");
    };
  }

  private static GenericArrayData vector(VectorField vectors, FieldSchema field, int row) {
    Object vector = VectorBytes.read(vectors, field.type(), field.dimension(), row);
    return vector instanceof byte[] bytes
        ? new GenericArrayData(bytes)
        : new GenericArrayData((float[]) vector);
  }
}
