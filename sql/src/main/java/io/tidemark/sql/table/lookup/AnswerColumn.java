package io.tidemark.sql.table.lookup;

import io.milvus.grpc.FieldData;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.ScalarField;
import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.source.SourceColumn;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.util.function.IntFunction;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * A field of the server's answer as a column of rows.
 *
 * @param type at least as wide as the field
 */
record AnswerColumn(FieldSchema field, LogicalType type) implements Serializable {
  /**
   * @throws ValidationException if it is no field, or the column is too narrow
   */
  static AnswerColumn of(CollectionDescription collection, String name, LogicalType type) {
    FieldSchema field =
        collection
            .schema()
            .field(name)
            .orElseThrow(() ->
                new ValidationException(
                    "column '"
                        + name
                        + "' is no field of collection '"
                        + collection.name()
                        + "', so a lookup cannot give it; leave it out of the query"));
    try {
      new SourceColumn.Field(field, type);
    } catch (TidemarkException e) {
      throw new ValidationException(e.getMessage(), e);
    }
    return new AnswerColumn(field, type);
  }

  /** The field's values by row, as Flink has them inside. */
  IntFunction<@Nullable Object> values(FieldData data) {
    if (data.getValidDataCount() == 0) {
      return row -> present(data, row);
    }
    // Scalars have a filler in a null's place, vectors nothing.
    int[] places = new int[data.getValidDataCount()];
    int place = 0;
    for (int row = 0; row < places.length; row++) {
      places[row] = field.type().isVector() ? place : row;
      place += data.getValidData(row) ? 1 : 0;
    }
    return row -> data.getValidData(row) ? present(data, places[row]) : null;
  }

  private Object present(FieldData data, int row) {
    ScalarField scalars = data.getScalars();
    return switch (field.type()) {
      case BOOL -> scalars.getBoolData().getData(row);
      case INT8, INT16, INT32 -> number(scalars.getIntData().getData(row));
      case INT64 -> scalars.getLongData().getData(row);
      case FLOAT -> number(scalars.getFloatData().getData(row));
      case DOUBLE -> scalars.getDoubleData().getData(row);
      case VARCHAR -> StringData.fromString(scalars.getStringData().getData(row));
      case JSON -> StringData.fromBytes(scalars.getJsonData().getData(row).toByteArray());
      case FLOAT_VECTOR -> vector(data.getVectors().getFloatVector(), row);
    };
  }

  private Number number(Number value) {
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

  private GenericArrayData vector(FloatArray all, int row) {
    float[] vector = new float[field.dimension()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = all.getData(row * vector.length + i);
    }
    return new GenericArrayData(vector);
  }
}
