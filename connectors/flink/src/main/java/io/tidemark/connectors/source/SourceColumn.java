package io.tidemark.connectors.source;

import io.tidemark.connectors.row.FieldTypes;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import org.apache.flink.table.types.logical.LogicalType;

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
      FieldTypes.checkHolds(field, type);
    }
  }

  /** The row's hybrid timestamp, BIGINT. */
  record Timestamp(LogicalType type) implements SourceColumn {}

  /** The physical part of the row's timestamp, TIMESTAMP_LTZ(3). */
  record IngestedAt(LogicalType type) implements SourceColumn {}

  /** The name of the row's partition, STRING. */
  record PartitionName(LogicalType type) implements SourceColumn {}
}
