package io.tidemark.stores.record;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.shaded.org.apache.parquet.ParquetReadOptions;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;

/**
 * Opens Parquet files so that no altered bit gets past. A page's bytes are compared with its
 * CRC-32, which every Iceberg writer leaves in the page's header. The footer has no checksum, but
 * says the things that a wrong answer could come from twice: columns in Parquet's schema and in
 * Iceberg's, row counts per row group and per column. Headers contradict themselves if altered.
 * Files of writers that leave none of this are read as they are. Stateless.
 */
public final class ParquetFiles {
  private static final String ICEBERG_SCHEMA = "iceberg.schema";

  private ParquetFiles() {}

  /**
   * Opens a file; the caller closes it. Reading a page that was altered throws a {@code
   * ParquetDecodingException} that says so.
   *
   * @param columnIds of the columns that will be read, by Iceberg's ids
   * @throws IOException if the file cannot be read, or its footer contradicts itself
   */
  public static ParquetFileReader open(InputFile input, Collection<Integer> columnIds)
      throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .usePageChecksumVerification()
            .build();
    ParquetFileReader reader = ParquetFileReader.open(new ParquetInput(input), options);
    try {
      checkColumns(input, reader, columnIds);
      checkRows(input, reader);
      return reader;
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static void checkColumns(
      InputFile input, ParquetFileReader reader, Collection<Integer> columnIds) throws IOException {
    String json = reader.getFileMetaData().getKeyValueMetaData().get(ICEBERG_SCHEMA);
    if (json == null) {
      return;
    }
    MessageType expected;
    try {
      Schema schema = SchemaParser.fromJson(json);
      expected = ParquetSchemaUtil.convert(schema, "table");
    } catch (RuntimeException e) {
      throw new IOException(input.location() + " is damaged: its footer's schema is unreadable", e);
    }
    MessageType found = reader.getFileMetaData().getSchema();
    for (int id : columnIds) {
      Optional<Type> wanted = column(expected, id);
      Optional<Type> there = column(found, id);
      if (wanted.isPresent() != there.isPresent()
          || (wanted.isPresent() && !same(wanted.get(), there.orElseThrow()))) {
        throw new IOException(
            input.location()
                + " is damaged: its footer describes column "
                + id
                + " as "
                + wanted
                + " and as "
                + there);
      }
    }
  }

  private static Optional<Type> column(MessageType schema, int id) {
    return schema.getFields().stream()
        .filter(type -> type.getId() != null && type.getId().intValue() == id)
        .findFirst();
  }

  /** Whether both are read alike; what values mean is left out. */
  private static boolean same(Type one, Type other) {
    if (!one.isRepetition(other.getRepetition()) || one.isPrimitive() != other.isPrimitive()) {
      return false;
    }
    if (one.isPrimitive()) {
      return one.asPrimitiveType().getPrimitiveTypeName()
          == other.asPrimitiveType().getPrimitiveTypeName();
    }
    if (one.asGroupType().getFieldCount() != other.asGroupType().getFieldCount()) {
      return false;
    }
    for (int i = 0; i < one.asGroupType().getFieldCount(); i++) {
      if (!same(one.asGroupType().getType(i), other.asGroupType().getType(i))) {
        return false;
      }
    }
    return true;
  }

  /** A column that does not repeat has a value, or a null, per row. */
  private static void checkRows(InputFile input, ParquetFileReader reader) throws IOException {
    MessageType schema = reader.getFileMetaData().getSchema();
    for (BlockMetaData group : reader.getRowGroups()) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        ColumnDescriptor leaf = schema.getColumnDescription(chunk.getPath().toArray());
        if (leaf.getMaxRepetitionLevel() == 0 && chunk.getValueCount() != group.getRowCount()) {
          throw new IOException(
              input.location()
                  + " is damaged: its footer gives "
                  + group.getRowCount()
                  + " rows and "
                  + chunk.getValueCount()
                  + " values of "
                  + chunk.getPath());
        }
      }
    }
  }
}
