package io.tidemark.connectors.source;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** A column of the rows that are read. */
public sealed interface SourceColumn extends Serializable {
  LogicalType type();

  /**
   * A field's value.
   *
   * @param type at least as wide as the field
   */
  record Field(FieldSchema field, LogicalType type) implements SourceColumn {
    public Field {
      if (!fits(field, type)) {
        throw TidemarkException.invalid(
            "column '"
                + field.name()
                + "' is "
                + type
                + ", which does not hold every value of its field, of type "
                + field.type());
      }
    }

    private static boolean fits(FieldSchema field, LogicalType type) {
      LogicalTypeRoot root = type.getTypeRoot();
      return switch (field.type()) {
        case BOOL -> root == LogicalTypeRoot.BOOLEAN;
        case INT8 -> width(root) >= 1;
        case INT16 -> width(root) >= 2;
        case INT32 -> width(root) >= 4;
        case INT64 -> width(root) >= 8;
        case FLOAT -> root == LogicalTypeRoot.FLOAT || root == LogicalTypeRoot.DOUBLE;
        case DOUBLE -> root == LogicalTypeRoot.DOUBLE;
        case VARCHAR, JSON -> root == LogicalTypeRoot.VARCHAR || root == LogicalTypeRoot.CHAR;
        case FLOAT_VECTOR ->
            type instanceof ArrayType array && array.getElementType().is(LogicalTypeRoot.FLOAT);
      };
    }

    private static int width(LogicalTypeRoot root) {
      return switch (root) {
        case TINYINT -> 1;
        case SMALLINT -> 2;
        case INTEGER -> 4;
        case BIGINT -> 8;
        default -> 0;
      };
    }
  }

  /** The row's hybrid timestamp, BIGINT. */
  record Timestamp(LogicalType type) implements SourceColumn {}

  /** The physical part of the row's timestamp, TIMESTAMP_LTZ(3). */
  record IngestedAt(LogicalType type) implements SourceColumn {}

  /** The name of the row's partition, STRING. */
  record PartitionName(LogicalType type) implements SourceColumn {}
}
