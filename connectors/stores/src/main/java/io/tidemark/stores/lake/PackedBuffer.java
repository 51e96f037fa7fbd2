package io.tidemark.stores.lake;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.schema.FieldSchema;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Vectors that a file has as bytes, while they are read: those of each row are the vector's. A row
 * without a vector is null if the field may be null, else rejected, as is one of another length,
 * which another engine can have written; both stay, as zeros.
 */
final class PackedBuffer {
  private final FieldSchema field;
  private final ColumnBuilder values;
  private final BitSet rejected = new BitSet();

  PackedBuffer(FieldSchema field) {
    this.field = field;
    this.values = new ColumnBuilder(field);
  }

  void add(byte @Nullable [] bytes) {
    int expected = field.type().vectorBytes(field.dimension());
    if (bytes != null && bytes.length == expected) {
      values.append(bytes);
    } else if (bytes == null && field.nullable()) {
      values.append(null);
    } else {
      rejected.set(values.size());
      values.append(new byte[expected]);
    }
  }

  /** To be called once, at the end. */
  FileColumn build() {
    return new FileColumn(field, values.build(), rejected);
  }
}
