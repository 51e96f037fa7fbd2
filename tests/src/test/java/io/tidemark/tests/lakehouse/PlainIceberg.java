package io.tidemark.tests.lakehouse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** A data engineer's view of a data directory: Iceberg's own classes and nothing of Tidemark. */
final class PlainIceberg implements AutoCloseable {
  private final JdbcCatalog catalog = new JdbcCatalog();

  PlainIceberg(Path data) {
    catalog.setConf(new Configuration());
    catalog.initialize(
        "tidemark",
        Map.of(
            "uri",
            "jdbc:sqlite:" + data.resolve("catalog.db") + "?journal_mode=WAL&busy_timeout=10000",
            "warehouse",
            data.resolve("warehouse").toUri().toString(),
            "jdbc.schema-version",
            "V1"));
  }

  Table table(String database, String collection) {
    return catalog.loadTable(TableIdentifier.of(database, collection));
  }

  /** All live rows, with deletes applied. */
  static List<Record> rows(Table table) throws IOException {
    table.refresh();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      List<Record> all = new ArrayList<>();
      rows.forEach(row -> all.add(row.copy()));
      return all;
    }
  }

  /** Appends rows that have these columns only. */
  static void append(Table table, List<String> columns, List<List<Object>> rows)
      throws IOException {
    Schema schema = table.schema().select(columns);
    DataWriter<Record> writer =
        new GenericFileWriterFactory.Builder(table)
            .dataFileFormat(FileFormat.PARQUET)
            .dataSchema(schema)
            .build()
            .newDataWriter(files(table).newOutputFile(), table.spec(), null);
    try (writer) {
      for (List<Object> row : rows) {
        GenericRecord entry = GenericRecord.create(schema);
        for (int i = 0; i < columns.size(); i++) {
          entry.setField(columns.get(i), row.get(i));
        }
        writer.write(entry);
      }
    }
    DataFile file = writer.toDataFile();
    table.newAppend().appendFile(file).commit();
  }

  /** Deletes rows by one column's values. */
  static void delete(Table table, String column, List<?> values) throws IOException {
    Schema schema = table.schema().select(column);
    EqualityDeleteWriter<Record> writer =
        new GenericFileWriterFactory.Builder(table)
            .deleteFileFormat(FileFormat.PARQUET)
            .equalityFieldIds(new int[] {schema.findField(column).fieldId()})
            .equalityDeleteRowSchema(schema)
            .build()
            .newEqualityDeleteWriter(files(table).newOutputFile(), table.spec(), null);
    try (writer) {
      for (Object value : values) {
        GenericRecord row = GenericRecord.create(schema);
        row.setField(column, value);
        writer.write(row);
      }
    }
    table.newRowDelta().addDeletes(writer.toDeleteFile()).commit();
  }

  private static OutputFileFactory files(Table table) {
    return OutputFileFactory.builderFor(table, 0, System.nanoTime())
        .format(FileFormat.PARQUET)
        .build();
  }

  @Override
  public void close() {
    catalog.close();
  }
}
