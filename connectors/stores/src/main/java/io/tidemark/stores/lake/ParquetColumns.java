package io.tidemark.stores.lake;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.record.ParquetFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnReader;
import org.apache.iceberg.shaded.org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.PageReadStore;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.iceberg.shaded.org.apache.parquet.schema.MessageType;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Parquet file column by column, without making rows of it. Columns are found by Iceberg's
 * ids, in a file without ids by name.
 *
 * <p>Vectors are copied page by page from the raw leaf of the list ({@link VectorPages}) where its
 * levels prove that every row has exactly the dimension's values. A row group where they do not
 * (ragged or null vectors, dictionary or version 2 pages, as another engine may write) is read
 * value by value, and so are sparse vectors, of which every row has its own length.
 */
final class ParquetColumns {
  private final ParquetFileReader reader;
  private final MessageType fileSchema;
  private final int rows;

  private ParquetColumns(ParquetFileReader reader) {
    this.reader = reader;
    this.fileSchema = reader.getFileMetaData().getSchema();
    this.rows = Math.toIntExact(reader.getRecordCount());
  }

  private record Scalar(FieldSchema field, ColumnDescriptor leaf, ColumnBuilder values) {}

  private record Packed(ColumnDescriptor leaf, PackedBuffer values) {}

  private record Vector(ColumnDescriptor leaf, VectorBuffer values) {}

  private record Sparse(SparseLeaves leaves, PackedBuffer values) {}

  static List<FileColumn> read(InputFile input, Map<FieldSchema, NestedField> fields) {
    List<Integer> ids = fields.values().stream().map(NestedField::fieldId).toList();
    try (ParquetFileReader reader = ParquetFiles.open(input, ids)) {
      return new ParquetColumns(reader).read(fields);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Could not read " + input.location() + ": " + e.getMessage(), e);
    }
  }

  /** Of a column, none if the file lacks it. */
  private List<ColumnDescriptor> leaves(NestedField column) {
    boolean byId = ParquetSchemaUtil.hasIds(fileSchema);
    for (Type type : fileSchema.getFields()) {
      boolean same =
          byId
              ? type.getId() != null && type.getId().intValue() == column.fieldId()
              : type.getName().equals(column.name());
      if (same) {
        return fileSchema.getColumns().stream()
            .filter(leaf -> leaf.getPath()[0].equals(type.getName()))
            .toList();
      }
    }
    return List.of();
  }

  private List<FileColumn> read(Map<FieldSchema, NestedField> fields) throws IOException {
    List<Scalar> scalars = new ArrayList<>();
    List<Vector> vectors = new ArrayList<>();
    List<Packed> packed = new ArrayList<>();
    List<Sparse> sparse = new ArrayList<>();
    List<FileColumn> columns = new ArrayList<>();
    for (Map.Entry<FieldSchema, NestedField> entry : fields.entrySet()) {
      FieldSchema field = entry.getKey();
      List<ColumnDescriptor> found = leaves(entry.getValue());
      Optional<ColumnDescriptor> leaf = found.stream().findFirst();
      if (leaf.isEmpty() && field.type().isVector() && field.nullable()) {
        continue;
      }
      if (leaf.isEmpty()) {
        columns.add(FileColumn.missing(field, rows));
      } else if (field.type() == DataType.SPARSE_FLOAT_VECTOR) {
        SparseLeaves.of(found)
            .ifPresentOrElse(
                lists -> sparse.add(new Sparse(lists, new PackedBuffer(field))),
                () -> columns.add(FileColumn.missing(field, rows)));
      } else if (field.type() == DataType.BINARY_VECTOR) {
        packed.add(new Packed(leaf.get(), new PackedBuffer(field)));
      } else if (field.type().isVector()) {
        vectors.add(new Vector(leaf.get(), new VectorBuffer(field, rows)));
      } else {
        scalars.add(new Scalar(field, leaf.get(), new ColumnBuilder(field)));
      }
    }
    List<ColumnDescriptor> leaves = new ArrayList<>();
    scalars.forEach(scalar -> leaves.add(scalar.leaf()));
    vectors.forEach(vector -> leaves.add(vector.leaf()));
    packed.forEach(vector -> leaves.add(vector.leaf()));
    sparse.forEach(vector -> leaves.addAll(vector.leaves().all()));
    int start = 0;
    for (int group = 0; group < reader.getRowGroups().size() && !leaves.isEmpty(); group++) {
      reader.setRequestedSchema(leaves);
      try (PageReadStore pages = reader.readRowGroup(group)) {
        ColumnReadStoreImpl store = store(pages);
        scalars.forEach(scalar -> readScalar(store, pages, scalar));
        packed.forEach(vector -> readPacked(store, pages, vector));
        sparse.forEach(vector -> vector.leaves().read(store, pages, vector.values()));
        int groupRows = Math.toIntExact(pages.getRowCount());
        for (Vector vector : vectors) {
          VectorPages raw = new VectorPages(vector.leaf(), vector.values(), start, groupRows);
          if (!raw.read(pages.getPageReader(vector.leaf()))) {
            readVectors(group, vector.leaf(), vector.values(), start);
          }
        }
        start += groupRows;
      }
    }
    scalars.forEach(s -> columns.add(new FileColumn(s.field(), s.values().build(), new BitSet())));
    vectors.forEach(vector -> columns.add(vector.values().build()));
    packed.forEach(vector -> columns.add(vector.values().build()));
    sparse.forEach(vector -> columns.add(vector.values().build()));
    return columns;
  }

  private ColumnReadStoreImpl store(PageReadStore pages) {
    return new ColumnReadStoreImpl(
        pages, NoRecords.ROOT, fileSchema, reader.getFileMetaData().getCreatedBy());
  }

  private static void readScalar(ColumnReadStoreImpl store, PageReadStore pages, Scalar scalar) {
    Object ofNull = FileColumn.ofNull(scalar.field());
    each(
        store,
        pages,
        scalar.leaf(),
        value -> scalar.values().append(value == null ? ofNull : value));
  }

  private static void readPacked(ColumnReadStoreImpl store, PageReadStore pages, Packed vectors) {
    each(store, pages, vectors.leaf(), value -> vectors.values().add((byte[]) value));
  }

  /** Every row's value of a column that is no list. */
  private static void each(
      ColumnReadStoreImpl store,
      PageReadStore pages,
      ColumnDescriptor leaf,
      Consumer<@Nullable Object> use) {
    ColumnReader values = store.getColumnReader(leaf);
    int defined = leaf.getMaxDefinitionLevel();
    for (long i = pages.getPageReader(leaf).getTotalValueCount(); i > 0; i--) {
      boolean isNull = values.getCurrentDefinitionLevel() != defined;
      use.accept(isNull ? null : value(leaf, values));
      values.consume();
    }
  }

  static Object value(ColumnDescriptor leaf, ColumnReader values) {
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
      boolean isNull = false;
      for (long i = pages.getPageReader(leaf).getTotalValueCount(); i > 0; i--) {
        if (values.getCurrentRepetitionLevel() == 0) {
          end(vectors, row, start, element, isNull);
          row++;
          element = 0;
          // An empty list is one level deeper than none.
          isNull = values.getCurrentDefinitionLevel() == 0;
        }
        if (values.getCurrentDefinitionLevel() == defined) {
          if (element < vectors.dimension()) {
            vectors.set(row, element, (Number) value(leaf, values));
          } else {
            // A value that is neither read nor skipped would be the next one's.
            values.skip();
          }
          element++;
        }
        values.consume();
      }
      end(vectors, row, start, element, isNull);
    }
  }

  private static void end(VectorBuffer vectors, int row, int start, int elements, boolean isNull) {
    if (row < start) {
      return;
    }
    if (isNull) {
      vectors.leaveOut(row);
    } else if (elements != vectors.dimension()) {
      vectors.reject(row);
    }
  }
}
