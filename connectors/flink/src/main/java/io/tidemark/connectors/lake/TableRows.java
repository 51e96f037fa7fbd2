package io.tidemark.connectors.lake;

import io.tidemark.model.column.BooleanColumn;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.column.SparseVectorColumn;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one batch as a table's rows: its columns by name, and the hidden ones. A field that
 * the batch lacks, since it was added later, has its default or null. One row object is filled
 * again and again.
 */
final class TableRows {
  private final List<IntFunction<@Nullable Object>> cells = new ArrayList<>();
  private final GenericRowData row;
  private final int size;

  /**
   * @throws UnwritableRowsException if a field has no column, or one of a type that cannot hold it
   */
  TableRows(RowType type, CollectionSchema schema, NetChange.Rows rows, int shard) {
    this.size = rows.batch().size();
    this.row = new GenericRowData(type.getFieldCount());
    for (RowType.RowField column : type.getFields()) {
      cells.add(cell(column, schema, rows, shard));
    }
    for (Integer id : rows.batch().columns().keySet()) {
      Optional<FieldSchema> field = schema.field(id);
      // A field that was dropped since is left out; one that the table never got is an error.
      if (field.isPresent() && type.getFieldIndex(field.get().name()) < 0) {
        throw new UnwritableRowsException(
            "field '"
                + field.get().name()
                + "' (id "
                + id
                + ") has no column in the table, which has "
                + type.getFieldNames());
      }
    }
  }

  int size() {
    return size;
  }

  /** Valid until the next call. */
  RowData get(int index) {
    for (int i = 0; i < cells.size(); i++) {
      row.setField(i, cells.get(i).apply(index));
    }
    return row;
  }

  private static IntFunction<@Nullable Object> cell(
      RowType.RowField column, CollectionSchema schema, NetChange.Rows rows, int shard) {
    return switch (column.getName()) {
      case CollectionSchema.TIMESTAMP_COLUMN -> constant(rows.timestamp());
      case CollectionSchema.SHARD_COLUMN -> constant(shard);
      case CollectionSchema.PARTITION_COLUMN -> constant(StringData.fromString(rows.partition()));
      default ->
          schema
              .field(column.getName())
              .map(field -> cell(column, field, rows.batch()))
              .orElseGet(() -> constant(null));
    };
  }

  private static IntFunction<@Nullable Object> cell(
      RowType.RowField column, FieldSchema field, EntityBatch batch) {
    boolean allNull = batch.column(field.id()).isEmpty() && field.defaultValue() == null;
    return allNull && column.getType().isNullable()
        ? constant(null)
        : value(column, values(field, batch));
  }

  private static IntFunction<@Nullable Object> constant(@Nullable Object value) {
    return index -> value;
  }

  private static Column values(FieldSchema field, EntityBatch batch) {
    return batch
        .column(field.id())
        .orElseGet(() -> ColumnBuilder.constant(field, field.defaultValue(), batch.size()));
  }

  private static IntFunction<@Nullable Object> value(RowType.RowField column, Column values) {
    if (values.validity() == null && column.getType().isNullable()) {
      return nonNull(column, values);
    }
    IntFunction<@Nullable Object> present = nonNull(column, values);
    return index -> {
      if (!values.isNull(index)) {
        return present.apply(index);
      }
      if (!column.getType().isNullable()) {
        throw new UnwritableRowsException(
            "row "
                + index
                + " has no value of field '"
                + column.getName()
                + "', which the table requires");
      }
      return null;
    };
  }

  private static IntFunction<@Nullable Object> nonNull(RowType.RowField column, Column values) {
    LogicalTypeRoot target = column.getType().getTypeRoot();
    return switch (values) {
      case BooleanColumn booleans when target == LogicalTypeRoot.BOOLEAN -> booleans::get;
      case IntColumn ints when target == LogicalTypeRoot.INTEGER -> ints::get;
      case IntColumn ints when target == LogicalTypeRoot.BIGINT -> index -> (long) ints.get(index);
      case LongColumn longs when target == LogicalTypeRoot.BIGINT -> longs::get;
      case FloatColumn floats when target == LogicalTypeRoot.FLOAT -> floats::get;
      case FloatColumn floats when target == LogicalTypeRoot.DOUBLE ->
          index -> (double) floats.get(index);
      case DoubleColumn doubles when target == LogicalTypeRoot.DOUBLE -> doubles::get;
      case BytesColumn bytes when target == LogicalTypeRoot.VARCHAR ->
          index -> StringData.fromBytes(bytes.bytes(index));
      case BytesColumn bytes when target == LogicalTypeRoot.VARBINARY -> bytes::bytes;
      case FloatVectorColumn vectors when target == LogicalTypeRoot.ARRAY ->
          index -> new GenericArrayData(vectors.vector(index));
      case PackedVectorColumn vectors
          when target == LogicalTypeRoot.ARRAY && vectors.type().isHalfVector() ->
          index -> new GenericArrayData(vectors.floats(index));
      case PackedVectorColumn vectors
          when target == LogicalTypeRoot.VARBINARY && vectors.type() == DataType.BINARY_VECTOR ->
          vectors::bytes;
      case PackedVectorColumn vectors
          when target == LogicalTypeRoot.ARRAY && vectors.type() == DataType.INT8_VECTOR ->
          index -> new GenericArrayData(ints(vectors.bytes(index)));
      case SparseVectorColumn vectors when target == LogicalTypeRoot.ROW ->
          index -> lists(vectors.slice(index));
      case BooleanColumn c -> throw mismatch(column, c);
      case IntColumn c -> throw mismatch(column, c);
      case LongColumn c -> throw mismatch(column, c);
      case FloatColumn c -> throw mismatch(column, c);
      case DoubleColumn c -> throw mismatch(column, c);
      case BytesColumn c -> throw mismatch(column, c);
      case FloatVectorColumn c -> throw mismatch(column, c);
      case PackedVectorColumn c -> throw mismatch(column, c);
      case SparseVectorColumn c -> throw mismatch(column, c);
    };
  }

  /** The indices, which Iceberg has as longs for want of unsigned ints, and the values. */
  private static GenericRowData lists(ByteBuffer sparse) {
    int count = sparse.limit() / SparseRow.PAIR_BYTES;
    long[] indices = new long[count];
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      indices[i] = Integer.toUnsignedLong(SparseRow.index(sparse, i));
      values[i] = SparseRow.value(sparse, i);
    }
    return GenericRowData.of(new GenericArrayData(indices), new GenericArrayData(values));
  }

  /** Iceberg's lists know no bytes. */
  private static int[] ints(byte[] bytes) {
    int[] ints = new int[bytes.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = bytes[i];
    }
    return ints;
  }

  private static UnwritableRowsException mismatch(RowType.RowField column, Column values) {
    return new UnwritableRowsException(
        "field '"
            + column.getName()
            + "' holds "
            + values.type()
            + ", its column in the table is "
            + column.getType().asSummaryString());
  }
}
