package io.tidemark.stores.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableGroup;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.PageReadStore;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file as Iceberg's own reader gives them, which cannot be told to verify
 * pages of a file that is not Hadoop's.
 */
final class ParquetRows extends CloseableGroup implements CloseableIterable<Record> {
  private final InputFile input;
  private final Schema projection;

  ParquetRows(InputFile input, Schema projection) {
    this.input = input;
    this.projection = projection;
  }

  @Override
  public CloseableIterator<Record> iterator() {
    List<Integer> ids = projection.columns().stream().map(NestedField::fieldId).toList();
    try {
      Rows rows = new Rows(ParquetFiles.open(input, ids), projection);
      addCloseable(rows);
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + input.location(), e);
    }
  }

  private final class Rows implements CloseableIterator<Record> {
    private final ParquetFileReader reader;
    private final ParquetValueReader<Record> values;
    private long left;
    private long leftInGroup;
    private @Nullable PageReadStore pages;

    Rows(ParquetFileReader reader, Schema projection) {
      this.reader = reader;
      MessageType file = reader.getFileMetaData().getSchema();
      MessageType typed =
          ParquetSchemaUtil.hasIds(file)
              ? file
              : ParquetSchemaUtil.applyNameMapping(file, MappingUtil.create(projection));
      reader.setRequestedSchema(ParquetSchemaUtil.pruneColumns(typed, projection));
      this.values = GenericParquetReaders.buildReader(projection, typed);
      this.left = reader.getRecordCount();
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Record next() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      while (leftInGroup == 0) {
        nextGroup();
      }
      left--;
      leftInGroup--;
      return values.read(null);
    }

    private void nextGroup() {
      try {
        closePages();
        PageReadStore next = reader.readNextRowGroup();
        if (next == null) {
          throw new IOException("ends " + left + " rows before its footer says");
        }
        pages = next;
        leftInGroup = next.getRowCount();
        values.setPageSource(next);
      } catch (IOException e) {
        throw new UncheckedIOException("Could not read " + input.location(), e);
      }
    }

    private void closePages() {
      PageReadStore read = pages;
      pages = null;
      if (read != null) {
        read.close();
      }
    }

    @Override
    public void close() throws IOException {
      left = 0;
      closePages();
      reader.close();
    }
  }
}
