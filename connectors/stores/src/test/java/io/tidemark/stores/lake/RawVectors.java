package io.tidemark.stores.lake;

import io.tidemark.stores.record.ParquetFiles;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.PageReadStore;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;

/** Asks whether a file's vectors can be copied page by page. */
final class RawVectors {
  private RawVectors() {}

  static boolean readable(Table table, String location, String column, int dimension)
      throws IOException {
    try (ParquetFileReader reader =
        ParquetFiles.open(table.io().newInputFile(location), List.of())) {
      ColumnDescriptor leaf =
          reader.getFileMetaData().getSchema().getColumns().stream()
              .filter(c -> c.getPath()[0].equals(column))
              .findFirst()
              .orElseThrow();
      reader.setRequestedSchema(List.of(leaf));
      try (PageReadStore pages = reader.readRowGroup(0)) {
        int rows = (int) pages.getRowCount();
        var field =
            new io.tidemark.model.schema.FieldSchema(
                100,
                column,
                io.tidemark.model.schema.DataType.FLOAT_VECTOR,
                "",
                false,
                false,
                false,
                false,
                false,
                dimension,
                0,
                null,
                java.util.Map.of());
        VectorBuffer buffer = new VectorBuffer(field, rows);
        return new VectorPages(leaf, buffer, 0, rows).read(pages.getPageReader(leaf));
      }
    }
  }
}
