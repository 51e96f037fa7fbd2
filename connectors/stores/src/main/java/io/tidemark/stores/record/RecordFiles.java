package io.tidemark.stores.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.avro.PlannedDataReader;
import org.apache.iceberg.data.orc.GenericOrcReader;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.orc.ORC;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Reads and writes Iceberg's generic records. Iceberg's own registry of formats, which {@code
 * IcebergGenerics} and {@code GenericFileWriterFactory} go through, cannot be used here: in the
 * bundle for Flink it fails to load without Flink's classes. Files written have names that nobody
 * else uses. Thread-safe.
 */
public final class RecordFiles {
  private RecordFiles() {}

  /**
   * All rows of a file in order, deleted ones included. A Parquet file that was altered is refused
   * ({@link ParquetFiles}).
   *
   * @param projection with the table's column ids
   */
  public static CloseableIterable<Record> read(
      InputFile input, FileFormat format, Schema projection) {
    return switch (format) {
      case PARQUET -> new ParquetRows(input, projection);
      case AVRO ->
          Avro.read(input)
              .project(projection)
              .createResolvingReader(PlannedDataReader::create)
              .build();
      case ORC ->
          ORC.read(input)
              .project(projection)
              .createReaderFunc(file -> GenericOrcReader.buildReader(projection, file))
              .build();
      case PUFFIN, METADATA ->
          throw new IllegalArgumentException(input.location() + " holds no rows");
    };
  }

  /** Writes a Parquet file of the table, which is not told of it. */
  public static DataFile writeData(Table table, Iterable<Record> rows) {
    try {
      DataWriter<Record> writer =
          Parquet.writeData(newFile(table, "data"))
              .forTable(table)
              .withSpec(table.spec())
              .createWriterFunc(GenericParquetWriter::create)
              .build();
      try (writer) {
        rows.forEach(writer::write);
      }
      return writer.toDataFile();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write a data file of " + table.name(), e);
    }
  }

  /**
   * Writes a Parquet file that deletes by equality, of which the table is not told.
   *
   * @param keys the columns that are compared, with the table's ids
   */
  public static DeleteFile writeEqualityDeletes(Table table, Schema keys, Iterable<Record> rows) {
    try {
      EqualityDeleteWriter<Record> writer =
          Parquet.writeDeletes(newFile(table, "deletes"))
              .forTable(table)
              .withSpec(table.spec())
              .rowSchema(keys)
              .equalityFieldIds(keys.columns().stream().mapToInt(c -> c.fieldId()).toArray())
              .createWriterFunc(GenericParquetWriter::create)
              .buildEqualityWriter();
      try (writer) {
        rows.forEach(writer::write);
      }
      return writer.toDeleteFile();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write a delete file of " + table.name(), e);
    }
  }

  /**
   * Writes a Parquet file that deletes rows by their place, of which the table is not told.
   *
   * @param positions per data file's location, rows to be deleted
   */
  public static DeleteFile writePositionDeletes(
      Table table, SortedMap<CharSequence, BitSet> positions) {
    try {
      PositionDeleteWriter<Record> writer =
          Parquet.writeDeletes(newFile(table, "positions"))
              .forTable(table)
              .withSpec(table.spec())
              // Just places: forTable would have the deleted rows written too.
              .rowSchema(null)
              .buildPositionWriter();
      try (writer) {
        PositionDelete<Record> delete = PositionDelete.create();
        for (Map.Entry<CharSequence, BitSet> file : positions.entrySet()) {
          BitSet rows = file.getValue();
          for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            writer.write(delete.set(file.getKey(), row));
          }
        }
      }
      return writer.toDeleteFile();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write a delete file of " + table.name(), e);
    }
  }

  /**
   * Writes a Parquet file that deletes rows of one data file, of which the table is not told.
   *
   * @param rows positions, not empty
   */
  public static DeleteFile writePositionDeletes(Table table, String dataFile, BitSet rows) {
    try {
      PositionDeleteWriter<Record> writer =
          Parquet.writeDeletes(newFile(table, "deletes"))
              .forTable(table)
              .withSpec(table.spec())
              // The data file's name has to be among the bounds, or every scan looks into it.
              .metricsConfig(MetricsConfig.forPositionDelete())
              // Just places: forTable would have the deleted rows written too.
              .rowSchema(null)
              .buildPositionWriter();
      PositionDelete<Record> row = PositionDelete.create();
      try (writer) {
        rows.stream().forEach(position -> writer.write(row.set(dataFile, position)));
      }
      return writer.toDeleteFile();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write a delete file of " + table.name(), e);
    }
  }

  /**
   * A writer of a new data file of the table, which is not told of it.
   *
   * @param columns the table's, some may be optional that are required there
   */
  public static DataWriter<Record> dataWriter(Table table, Schema columns) {
    try {
      Parquet.DataWriteBuilder builder =
          Parquet.writeData(newFile(table, "data"))
              .forTable(table)
              .schema(columns)
              .withSpec(table.spec())
              .createWriterFunc(GenericParquetWriter::create);
      for (NestedField field : TypeUtil.indexById(columns.asStruct()).values()) {
        Type type = field.type();
        if (type.isListType()) {
          // The least and the largest of a vector's values tell nothing, and take a quarter of the
          // time of writing it.
          String element = columns.findColumnName(type.asListType().elementId());
          builder.set(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + element, "false");
        }
      }
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not begin a data file of " + table.name(), e);
    }
  }

  private static OutputFile newFile(Table table, String what) {
    String name = UUID.randomUUID() + "-" + what + ".parquet";
    return table.io().newOutputFile(table.locationProvider().newDataLocation(name));
  }
}
