package io.tidemark.stores.lake;

import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads data files and key deletes into columns by our field ids. Thread-safe. */
final class DataFileReader {
  /** Ids of the hidden columns among ours, below every field's. */
  private static final int TIMESTAMP = -1;

  private static final int PARTITION = -2;

  private final Table table;
  private final CollectionSchema schema;

  DataFileReader(Table table, CollectionSchema schema) {
    this.table = table;
    this.schema = schema;
  }

  LakeRows read(LakeFile file, DataFile content, Collection<Integer> fieldIds) {
    Map<Integer, FieldSchema> wanted = new LinkedHashMap<>();
    Set<Integer> ids = new LinkedHashSet<>(fieldIds);
    ids.add(schema.primaryKey().id());
    for (int id : ids) {
      schema.field(id).ifPresent(field -> wanted.put(id, field));
    }
    wanted.put(TIMESTAMP, hidden(TIMESTAMP, CollectionSchema.TIMESTAMP_COLUMN, DataType.INT64));
    boolean onePartition =
        FileBounds.only(table, content, CollectionSchema.PARTITION_COLUMN).isPresent()
            || FileBounds.allNull(table, content, CollectionSchema.PARTITION_COLUMN);
    if (!onePartition) {
      wanted.put(PARTITION, hidden(PARTITION, CollectionSchema.PARTITION_COLUMN, DataType.VARCHAR));
    }
    int rows = Math.toIntExact(file.rows());
    BitSet rejected = new BitSet(rows);
    Map<Integer, Column> columns =
        columns(file.path(), content.format(), wanted.values(), rows, rejected);
    Column key = column(columns, schema.primaryKey().id());
    for (int row = 0; row < rows; row++) {
      if (key.isNull(row)) {
        rejected.set(row);
      }
    }
    long[] timestamps = timestamps(column(columns, TIMESTAMP), file.addedTimestamp());
    Column partitions = columns.get(PARTITION);
    columns.keySet().removeIf(id -> id < 0);
    return new LakeRows(
        new EntityBatch(rows, columns),
        timestamps,
        rejected.stream().toArray(),
        partitions == null ? null : named(partitions));
  }

  /** The keys in a delete file, nulls left out: no row without a key is ever alive. */
  Column keys(String path) {
    FieldSchema key = schema.primaryKey();
    Column read =
        column(
            columns(path, FileFormat.fromFileName(path), List.of(key), -1, new BitSet()), key.id());
    int[] valid =
        java.util.stream.IntStream.range(0, read.size()).filter(i -> !read.isNull(i)).toArray();
    return valid.length == read.size() ? read : read.gather(valid);
  }

  /**
   * @param rows that the file holds, -1 if not known
   */
  private Map<Integer, Column> columns(
      String path,
      @Nullable FileFormat format,
      Collection<FieldSchema> wanted,
      int rows,
      BitSet rejected) {
    Map<FieldSchema, NestedField> fields = new LinkedHashMap<>();
    for (FieldSchema field : wanted) {
      NestedField column = table.schema().findField(field.name());
      if (column == null) {
        throw new IllegalStateException(
            "table "
                + table.name()
                + " has no column "
                + field.name()
                + ": it was dropped or"
                + " renamed by another engine");
      }
      fields.put(field, column);
    }
    InputFile input = table.io().newInputFile(path);
    List<FileColumn> read =
        format == FileFormat.PARQUET
            ? ParquetColumns.read(input, fields)
            : RecordColumns.read(input, format, fields);
    Map<Integer, Column> columns = new TreeMap<>();
    for (FileColumn column : read) {
      if (rows >= 0 && column.values().size() != rows) {
        throw new IllegalStateException(
            path + " has " + column.values().size() + " rows, its table says " + rows);
      }
      rejected.or(column.rejected());
      if (!column.isAllNull()) {
        columns.put(column.field().id(), column.values());
      }
    }
    return columns;
  }

  private static Column column(Map<Integer, Column> columns, int id) {
    return java.util.Objects.requireNonNull(columns.get(id));
  }

  private static long[] timestamps(Column column, long added) {
    long[] timestamps = new long[column.size()];
    io.tidemark.model.column.LongColumn longs = (io.tidemark.model.column.LongColumn) column;
    for (int row = 0; row < timestamps.length; row++) {
      timestamps[row] = longs.isNull(row) ? added : longs.get(row);
    }
    return timestamps;
  }

  /** Null if all rows are of the default partition, as files without bounds say they are. */
  private static @Nullable Column named(Column partitions) {
    ColumnBuilder names = new ColumnBuilder(DataType.VARCHAR, 0);
    boolean several = false;
    for (int row = 0; row < partitions.size(); row++) {
      Object name = partitions.value(row);
      several |= name != null && !name.equals(Partition.DEFAULT_NAME);
      names.append(name == null ? Partition.DEFAULT_NAME : name);
    }
    return several ? names.build() : null;
  }

  private static FieldSchema hidden(int id, String name, DataType type) {
    int maxLength = type == DataType.VARCHAR ? FieldSchema.MAX_LENGTH_MAX : 0;
    return new FieldSchema(
        id, name, type, "", false, false, true, false, false, 0, maxLength, null, Map.of());
  }
}
