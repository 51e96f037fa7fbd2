package io.tidemark.connectors.source;

import com.google.protobuf.ByteString;
import io.tidemark.connectors.row.SparseMaps;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** Makes Flink's rows of columns. Thread-safe. */
final class RowMaker {
  private final List<SourceColumn> columns;

  RowMaker(List<SourceColumn> columns) {
    this.columns = columns;
  }

  /** Rows of one batch, whose columns are looked up once. */
  Rows of(EntityBatch batch) {
    List<@Nullable Column> values = new ArrayList<>();
    for (SourceColumn column : columns) {
      values.add(
          column instanceof SourceColumn.Field field
              ? batch.column(field.field().id()).orElse(null)
              : null);
    }
    return (kind, row, timestamp, partition) -> {
      GenericRowData made = new GenericRowData(kind, columns.size());
      for (int i = 0; i < columns.size(); i++) {
        made.setField(i, value(columns.get(i), values.get(i), row, timestamp, partition));
      }
      return made;
    };
  }

  /** One batch's rows. */
  interface Rows {
    /**
     * @param timestamp of the row, hybrid
     */
    RowData row(RowKind kind, int row, long timestamp, String partition);
  }

  /** A deletion, of which only the key means anything. */
  RowData deletion(FieldSchema key, Object value) {
    GenericRowData made = new GenericRowData(RowKind.DELETE, columns.size());
    for (int i = 0; i < columns.size(); i++) {
      SourceColumn column = columns.get(i);
      boolean isKey = column instanceof SourceColumn.Field field && field.field().id() == key.id();
      made.setField(i, isKey ? converted(value, column.type()) : filler(column.type()));
    }
    return made;
  }

  /** Flink's serializers take no null where a type says that there is none. */
  private static @Nullable Object filler(LogicalType type) {
    if (type.isNullable()) {
      return null;
    }
    return switch (type.getTypeRoot()) {
      case BOOLEAN -> false;
      case CHAR, VARCHAR -> StringData.fromString("");
      case ARRAY -> new GenericArrayData(new float[0]);
      case BINARY, VARBINARY -> new byte[0];
      case MAP -> SparseMaps.of(ByteString.EMPTY);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> TimestampData.fromEpochMillis(0);
      default -> converted(0L, type);
    };
  }

  private static @Nullable Object value(
      SourceColumn column, @Nullable Column values, int row, long timestamp, String partition) {
    return switch (column) {
      case SourceColumn.Timestamp hybrid -> timestamp;
      case SourceColumn.IngestedAt at ->
          TimestampData.fromEpochMillis(HybridTimestamp.physicalMs(timestamp));
      case SourceColumn.PartitionName name -> StringData.fromString(partition);
      case SourceColumn.Field field -> {
        // A field that is younger than the record reads as its default.
        Object value = values == null ? field.field().defaultValue() : values.value(row);
        yield value == null ? null : converted(value, field.type());
      }
    };
  }

  private static Object converted(Object value, LogicalType type) {
    return switch (type.getTypeRoot()) {
      case BOOLEAN, BINARY, VARBINARY -> value;
      case TINYINT -> ((Number) value).byteValue();
      case SMALLINT -> ((Number) value).shortValue();
      case INTEGER -> ((Number) value).intValue();
      case BIGINT -> ((Number) value).longValue();
      case FLOAT -> ((Number) value).floatValue();
      case DOUBLE -> ((Number) value).doubleValue();
      case CHAR, VARCHAR -> StringData.fromString((String) value);
      case ARRAY ->
          value instanceof byte[] bytes
              ? new GenericArrayData(bytes)
              : new GenericArrayData((float[]) value);
      case MAP -> SparseMaps.of(ByteString.copyFrom((byte[]) value));
      default -> throw new IllegalStateException("no field is read as " + type);
    };
  }
}
