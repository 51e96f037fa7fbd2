package io.tidemark.connectors.lake;

import io.tidemark.model.collection.Partition;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.stores.lake.LakeTable;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.RuntimeIOException;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.sink.FlinkAppenderFactory;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the net change of a window as files of its table: data files that hold rows of one
 * partition and one shard each, rolled at a target size, and equality deletes by primary key (by
 * key and partition for deletes in one partition). Nothing is visible until a commit names the
 * files. Use once.
 */
// Its successor FlinkFileWriterFactory is not public.
@SuppressWarnings("deprecation")
public final class SegmentFileWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentFileWriter.class);

  /** Asking a Parquet writer for its length is not free. */
  private static final int ROWS_BETWEEN_SIZE_CHECKS = 1000;

  private final Table table;
  private final CollectionSchema schema;
  private final Schema columns;
  private final RowType rowType;
  private final int shard;
  private final long fileBytesTarget;
  private final OutputFileFactory files;
  private final List<String> started = new ArrayList<>();
  private final List<DataFile> dataFiles = new ArrayList<>();
  private final List<DeleteFile> deleteFiles = new ArrayList<>();

  /** What was written. */
  public record Written(List<DataFile> dataFiles, List<DeleteFile> deleteFiles)
      implements Serializable {
    public Written {
      dataFiles = List.copyOf(dataFiles);
      deleteFiles = List.copyOf(deleteFiles);
    }
  }

  private SegmentFileWriter(LakeTable lakeTable, int shard, long fileBytesTarget) {
    this.table = lakeTable.iceberg();
    this.schema = lakeTable.info().schema();
    this.columns = table.schema();
    this.rowType = FlinkSchemaUtil.convert(columns);
    this.shard = shard;
    this.fileBytesTarget = fileBytesTarget;
    this.files = OutputFileFactory.builderFor(table, shard, 0).format(FileFormat.PARQUET).build();
  }

  /**
   * Writes all of it or leaves nothing behind.
   *
   * @throws UnwritableRowsException if the rows do not fit the table
   */
  public static Written write(LakeTable table, int shard, NetChange change, long fileBytesTarget) {
    SegmentFileWriter writer = new SegmentFileWriter(table, shard, fileBytesTarget);
    boolean complete = false;
    try {
      writer.writeRows(change.rows());
      writer.writeDeletes(change);
      complete = true;
      return new Written(writer.dataFiles, writer.deleteFiles);
    } catch (IOException e) {
      throw new RuntimeIOException(e, "writing files of table %s failed", writer.table.name());
    } finally {
      if (!complete) {
        writer.started.forEach(writer::discard);
      }
    }
  }

  private void discard(String location) {
    try {
      table.io().deleteFile(location);
    } catch (NotFoundException e) {
      LOG.debug("file was named but not begun location={}", location);
    } catch (RuntimeException e) {
      // What made the writing fail must reach the caller; orphans are cleaned up in time.
      LOG.warn("file of a failed window could not be deleted location={}", location, e);
    }
  }

  private void writeRows(List<NetChange.Rows> rows) throws IOException {
    Map<String, List<NetChange.Rows>> byPartition = new LinkedHashMap<>();
    for (NetChange.Rows batch : rows) {
      byPartition.computeIfAbsent(batch.partition(), p -> new ArrayList<>()).add(batch);
    }
    for (List<NetChange.Rows> partition : byPartition.values()) {
      writePartition(partition);
    }
  }

  private void writePartition(List<NetChange.Rows> batches) throws IOException {
    FlinkAppenderFactory factory = appenders(new int[0], columns);
    DataWriter<RowData> writer = startData(factory);
    try {
      int untilCheck = ROWS_BETWEEN_SIZE_CHECKS;
      for (NetChange.Rows batch : batches) {
        TableRows rows = new TableRows(rowType, schema, batch, shard);
        for (int i = 0; i < rows.size(); i++) {
          if (--untilCheck < 0) {
            untilCheck = ROWS_BETWEEN_SIZE_CHECKS;
            if (writer.length() >= fileBytesTarget) {
              writer.close();
              dataFiles.add(writer.toDataFile());
              writer = startData(factory);
            }
          }
          writer.write(rows.get(i));
        }
      }
    } finally {
      writer.close();
    }
    dataFiles.add(writer.toDataFile());
  }

  private void writeDeletes(NetChange change) throws IOException {
    Types.NestedField key = columns.findField(schema.primaryKey().name());
    if (key == null) {
      throw new UnwritableRowsException(
          "primary key '"
              + schema.primaryKey().name()
              + "' has no column in table "
              + table.name());
    }
    if (!change.deletedKeys().isEmpty()) {
      List<RowData> rows = new ArrayList<>(change.deletedKeys().size());
      change.deletedKeys().forEach(k -> rows.add(GenericRowData.of(internal(k))));
      deleteFiles.add(writeDeletes(rows, key.name()));
    }
    if (!change.deletedKeysByPartition().isEmpty()) {
      List<RowData> rows = new ArrayList<>();
      // The columns of a delete file are in the table's order, whatever order they were selected
      // in.
      boolean keyFirst =
          rowType.getFieldIndex(key.name())
              < rowType.getFieldIndex(CollectionSchema.PARTITION_COLUMN);
      for (Map.Entry<String, Set<Object>> entry : change.deletedKeysByPartition().entrySet()) {
        for (StringData partition : written(entry.getKey())) {
          for (Object k : entry.getValue()) {
            rows.add(
                keyFirst
                    ? GenericRowData.of(internal(k), partition)
                    : GenericRowData.of(partition, internal(k)));
          }
        }
      }
      deleteFiles.add(writeDeletes(rows, key.name(), CollectionSchema.PARTITION_COLUMN));
    }
  }

  /**
   * What the partition's rows have in their column: other engines' rows of the default one null.
   */
  private static List<@Nullable StringData> written(String partition) {
    List<@Nullable StringData> written = new ArrayList<>();
    written.add(StringData.fromString(partition));
    if (partition.equals(Partition.DEFAULT_NAME)) {
      written.add(null);
    }
    return written;
  }

  private static Object internal(Object key) {
    return key instanceof String text ? StringData.fromString(text) : key;
  }

  private DeleteFile writeDeletes(Collection<RowData> rows, String... names) throws IOException {
    Schema deleted = columns.select(names);
    int[] ids = deleted.columns().stream().mapToInt(Types.NestedField::fieldId).toArray();
    EqualityDeleteWriter<RowData> writer =
        appenders(ids, deleted).newEqDeleteWriter(newFile(), FileFormat.PARQUET, null);
    try (writer) {
      rows.forEach(writer::write);
    }
    return writer.toDeleteFile();
  }

  private DataWriter<RowData> startData(FlinkAppenderFactory factory) {
    return factory.newDataWriter(newFile(), FileFormat.PARQUET, null);
  }

  private EncryptedOutputFile newFile() {
    EncryptedOutputFile file = files.newOutputFile();
    started.add(file.encryptingOutputFile().location());
    return file;
  }

  private FlinkAppenderFactory appenders(int[] equalityIds, Schema deleted) {
    return new FlinkAppenderFactory(
        table,
        columns,
        rowType,
        table.properties(),
        PartitionSpec.unpartitioned(),
        Arrays.copyOf(equalityIds, equalityIds.length),
        deleted);
  }
}
