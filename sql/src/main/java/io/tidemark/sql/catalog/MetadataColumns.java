package io.tidemark.sql.catalog;

import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.Column.MetadataColumn;
import org.apache.flink.table.types.AbstractDataType;
import org.apache.flink.table.types.DataType;

/** Columns of a table that are no fields of its collection. */
final class MetadataColumns {
  private record Known(String name, DataType type, boolean virtual) {
    String definition() {
      return "`" + name + "` " + type + " METADATA" + (virtual ? " VIRTUAL" : "");
    }
  }

  private static final List<Known> KNOWN =
      List.of(
          new Known(FieldSchema.DYNAMIC_NAME, DataTypes.STRING(), false),
          new Known("partition", DataTypes.STRING(), false),
          new Known("timestamp", DataTypes.BIGINT(), true),
          new Known("ingested_at", DataTypes.TIMESTAMP_LTZ(3), true));

  private MetadataColumns() {}

  /**
   * Checks a column's definition.
   *
   * @throws ValidationException if there is no such metadata, or the column is unlike it
   */
  static void check(MetadataColumn column) {
    String key = column.getMetadataKey().orElse(column.getName());
    Optional<Known> found = KNOWN.stream().filter(known -> known.name().equals(key)).findFirst();
    if (found.isEmpty()) {
      throw new ValidationException(
          "column '"
              + column.getName()
              + "' is of metadata '"
              + key
              + "', which collections do not have; there are "
              + KNOWN.stream().map(Known::definition).toList());
    }
    Known known = found.get();
    boolean same =
        key.equals(column.getName())
            && column.isVirtual() == known.virtual()
            && column
                .getDataType()
                .getLogicalType()
                .copy(true)
                .equals(known.type().getLogicalType());
    if (!same) {
      throw new ValidationException(
          "column '"
              + column.getName()
              + "' of metadata must be written "
              + known.definition()
              + "; for another name or type make a view, or a temporary table LIKE this one");
    }
  }

  /** Names of the columns that a table keeps beyond those that the collection itself tells of. */
  static List<String> kept(List<Column> columns) {
    List<String> names = new ArrayList<>();
    for (Column column : columns) {
      if (column instanceof MetadataColumn metadata) {
        check(metadata);
        if (!column.getName().equals(FieldSchema.DYNAMIC_NAME)) {
          names.add(column.getName());
        }
      }
    }
    return names;
  }

  /** As {@link KeptOptions#METADATA_COLUMNS} lists them. */
  static List<String> kept(Map<String, String> properties) {
    String names = properties.getOrDefault(KeptOptions.METADATA_COLUMNS, "");
    return names.isBlank() ? List.of() : List.of(names.split(","));
  }

  /** Adds the column of that name, if there is such metadata. */
  static void add(String name, Schema.Builder schema) {
    for (Known known : KNOWN) {
      if (known.name().equals(name)) {
        AbstractDataType<?> type = known.type();
        schema.columnByMetadata(name, type, null, known.virtual());
      }
    }
  }
}
