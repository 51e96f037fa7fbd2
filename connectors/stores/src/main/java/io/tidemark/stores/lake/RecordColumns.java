package io.tidemark.stores.lake;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.ByteBuffers;
import org.jspecify.annotations.Nullable;

/** Reads Avro and ORC files, which only other engines write, with Iceberg's own readers. */
final class RecordColumns {
  private RecordColumns() {}

  static List<FileColumn> read(
      InputFile input, @Nullable FileFormat format, Map<FieldSchema, NestedField> fields) {
    if (format == null) {
      throw new IllegalStateException("Could not tell the format of " + input.location());
    }
    Schema projection = new Schema(new ArrayList<>(fields.values()));
    List<Record> records = new ArrayList<>();
    try (CloseableIterable<Record> read = RecordFiles.read(input, format, projection)) {
      read.forEach(records::add);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + input.location(), e);
    }
    List<FileColumn> columns = new ArrayList<>();
    for (FieldSchema field : fields.keySet()) {
      if (field.type() == DataType.BINARY_VECTOR) {
        columns.add(packed(field, records));
      } else if (field.type() == DataType.SPARSE_FLOAT_VECTOR) {
        columns.add(sparse(field, records));
      } else {
        columns.add(field.type().isVector() ? vectors(field, records) : scalars(field, records));
      }
    }
    return columns;
  }

  private static FileColumn scalars(FieldSchema field, List<Record> records) {
    ColumnBuilder builder = new ColumnBuilder(field);
    for (Record record : records) {
      Object value = record.getField(field.name());
      builder.append(value == null ? FileColumn.ofNull(field) : value);
    }
    return new FileColumn(field, builder.build(), new BitSet());
  }

  private static FileColumn packed(FieldSchema field, List<Record> records) {
    PackedBuffer vectors = new PackedBuffer(field);
    for (Record record : records) {
      ByteBuffer value = (ByteBuffer) record.getField(field.name());
      vectors.add(value == null ? null : ByteBuffers.toByteArray(value));
    }
    return vectors.build();
  }

  private static FileColumn sparse(FieldSchema field, List<Record> records) {
    PackedBuffer vectors = new PackedBuffer(field);
    for (Record record : records) {
      if (!(record.getField(field.name()) instanceof Record vector)) {
        vectors.add(null);
        continue;
      }
      SparseElements elements = new SparseElements();
      if (vector.getField(LakeSchemas.SPARSE_INDICES) instanceof List<?> indices
          && vector.getField(LakeSchemas.SPARSE_VALUES) instanceof List<?> values) {
        indices.forEach(elements::addIndex);
        values.forEach(elements::addValue);
      } else {
        elements.addNoList();
      }
      elements.endRow(vectors);
    }
    return vectors.build();
  }

  private static FileColumn vectors(FieldSchema field, List<Record> records) {
    VectorBuffer vectors = new VectorBuffer(field, records.size());
    for (int row = 0; row < records.size(); row++) {
      Object value = records.get(row).getField(field.name());
      if (value == null) {
        vectors.leaveOut(row);
      } else if (value instanceof List<?> vector && vector.size() == field.dimension()) {
        for (int i = 0; i < vector.size(); i++) {
          vectors.set(row, i, (Number) vector.get(i));
        }
      } else {
        vectors.reject(row);
      }
    }
    return vectors.build();
  }
}
