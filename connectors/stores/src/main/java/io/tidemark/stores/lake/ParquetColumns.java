package io.tidemark.stores.lake;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.shaded.org.apache.parquet.ParquetReadOptions;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnReader;
import org.apache.iceberg.shaded.org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.PageReadStore;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Reads a Parquet file column by column, without making rows of it. Columns are found by Iceberg's
 * ids, in a file without ids by name.
 *
 * <p>Vectors are copied page by page from the raw leaf of the list ({@link VectorPages}) where its
 * levels prove that every row has exactly the dimension's values. A row group where they do not
 * (ragged or null vectors, dictionary or version 2 pages, as another engine may write) is read
 * value by value.
 */
final class ParquetColumns {
  private final ParquetFileReader reader;
  private final MessageType fileSchema;
  private final int rows;
  private final List<ColumnDescriptor> leaves = new ArrayList<>();
  private final Map<FieldSchema, ColumnDescriptor> found = new LinkedHashMap<>();

  private ParquetColumns(ParquetFileReader reader, Map<FieldSchema, NestedField> fields) {
    this.reader = reader;
    this.fileSchema = reader.getFileMetaData().getSchema();
    this.rows = Math.toIntExact(reader.getRecordCount());
    fields.forEach((field, column) ->
        leaf(column)
            .ifPresent(leaf -> {
              found.put(field, leaf);
              leaves.add(leaf);
            }));
  }

  static List<FileColumn> read(InputFile input, Map<FieldSchema, NestedField> fields) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(new ParquetInput(input), ParquetReadOptions.builder().build())) {
      return new ParquetColumns(reader, fields).read(fields);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + input.location(), e);
    }
  }

  private Optional<ColumnDescriptor> leaf(NestedField column) {
    boolean byId = ParquetSchemaUtil.hasIds(fileSchema);
    for (Type type : fileSchema.getFields()) {
      boolean same =
          byId
              ? type.getId() != null && type.getId().intValue() == column.fieldId()
              : type.getName().equals(column.name());
      if (same) {
        return fileSchema.getColumns().stream()
            .filter(leaf -> leaf.getPath()[0].equals(type.getName()))
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private List<FileColumn> read(Map<FieldSchema, NestedField> fields) throws IOException {
    Map<FieldSchema, ColumnBuilder> scalars = new LinkedHashMap<>();
    Map<FieldSchema, VectorBuffer> vectors = new LinkedHashMap<>();
    for (FieldSchema field : found.keySet()) {
      if (field.type().isVector()) {
        vectors.put(field, new VectorBuffer(field, rows));
      } else {
        scalars.put(field, new ColumnBuilder(field));
      }
    }
    int start = 0;
    for (int group = 0; group < reader.getRowGroups().size() && !leaves.isEmpty(); group++) {
      reader.setRequestedSchema(leaves);
      try (PageReadStore pages = reader.readRowGroup(group)) {
        int groupRows = Math.toIntExact(pages.getRowCount());
        ColumnReadStoreImpl store = store(pages);
        scalars.forEach((field, builder) -> readScalar(store, field, builder));
        for (Map.Entry<FieldSchema, VectorBuffer> vector : vectors.entrySet()) {
          ColumnDescriptor leaf = found.get(vector.getKey());
          VectorPages raw = new VectorPages(leaf, vector.getValue(), start, groupRows);
          if (!raw.read(pages.getPageReader(leaf))) {
            readVectors(group, leaf, vector.getValue(), start);
          }
        }
        start += groupRows;
      }
    }
    List<FileColumn> columns = new ArrayList<>();
    for (FieldSchema field : fields.keySet()) {
      if (!found.containsKey(field)) {
        columns.add(FileColumn.missing(field, rows));
      } else if (field.type().isVector()) {
        VectorBuffer vector = vectors.get(field);
        columns.add(new FileColumn(field, vector.build(), vector.rejected()));
      } else {
        columns.add(new FileColumn(field, scalars.get(field).build(), new BitSet()));
      }
    }
    return columns;
  }

  private ColumnReadStoreImpl store(PageReadStore pages) {
    return new ColumnReadStoreImpl(
        pages, NoRecords.ROOT, fileSchema, reader.getFileMetaData().getCreatedBy());
  }

  private void readScalar(ColumnReadStoreImpl store, FieldSchema field, ColumnBuilder builder) {
    ColumnDescriptor leaf = found.get(field);
    ColumnReader values = store.getColumnReader(leaf);
    Object ofNull = FileColumn.ofNull(field);
    int defined = leaf.getMaxDefinitionLevel();
    for (long i = values.getTotalValueCount(); i > 0; i--) {
      builder.append(values.getCurrentDefinitionLevel() == defined ? value(leaf, values) : ofNull);
      values.consume();
    }
  }

  private static Object value(ColumnDescriptor leaf, ColumnReader values) {
    return switch (leaf.getPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> values.getBoolean();
      case INT32 -> values.getInteger();
      case INT64 -> values.getLong();
      case FLOAT -> values.getFloat();
      case DOUBLE -> values.getDouble();
      case BINARY, FIXED_LEN_BYTE_ARRAY -> values.getBinary().getBytes();
      case INT96 -> throw new IllegalStateException("column " + leaf + " holds timestamps");
    };
  }

  private void readVectors(int group, ColumnDescriptor leaf, VectorBuffer vectors, int start)
      throws IOException {
    reader.setRequestedSchema(List.of(leaf));
    try (PageReadStore pages = reader.readRowGroup(group)) {
      ColumnReader values = store(pages).getColumnReader(leaf);
      int defined = leaf.getMaxDefinitionLevel();
      int row = start - 1;
      int element = 0;
      for (long i = values.getTotalValueCount(); i > 0; i--) {
        if (values.getCurrentRepetitionLevel() == 0) {
          rejectUnlessWhole(vectors, row, start, element);
          row++;
          element = 0;
        }
        if (values.getCurrentDefinitionLevel() == defined) {
          if (element < vectors.dimension()) {
            vectors.set(row, element, ((Number) value(leaf, values)).floatValue());
          }
          element++;
        }
        values.consume();
      }
      rejectUnlessWhole(vectors, row, start, element);
    }
  }

  private static void rejectUnlessWhole(VectorBuffer vectors, int row, int start, int elements) {
    if (row >= start && elements != vectors.dimension()) {
      vectors.reject(row);
    }
  }
}
