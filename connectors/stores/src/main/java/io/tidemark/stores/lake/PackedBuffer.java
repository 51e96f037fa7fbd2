package io.tidemark.stores.lake;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Vectors that are bytes here, while they are read: those of bits, which a file has as they are,
 * and sparse ones, made of the lists that it has. A row without a vector is null if the field may
 * be null, else rejected, as is one that is no vector of the field, which another engine can have
 * written; both stay, as zeros.
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
    if (bytes != null && isWhole(bytes)) {
      values.append(bytes);
    } else if (bytes == null && field.nullable()) {
      values.append(null);
    } else {
      reject();
    }
  }

  private boolean isWhole(byte[] bytes) {
    return isSparse()
        ? SparseRow.fault(ByteBuffer.wrap(bytes)).isEmpty()
        : bytes.length == field.type().vectorBytes(field.dimension());
  }

  private boolean isSparse() {
    return field.type() == DataType.SPARSE_FLOAT_VECTOR;
  }

  /** Adds a row that is no vector of the field. */
  void reject() {
    rejected.set(values.size());
    values.append(new byte[isSparse() ? 0 : field.type().vectorBytes(field.dimension())]);
  }

  /** To be called once, at the end. */
  FileColumn build() {
    return new FileColumn(field, values.build(), rejected);
  }
}
