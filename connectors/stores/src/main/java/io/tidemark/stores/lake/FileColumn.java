package io.tidemark.stores.lake;

import io.tidemark.model.column.Column;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One column of a data file.
 *
 * @param rejected rows whose vector is none of the field's
 */
record FileColumn(FieldSchema field, Column values, BitSet rejected) {
  /**
   * What a row without a value reads as: a field that may not be null takes its default, if it has
   * one, since only another engine can have left it out.
   */
  static @Nullable Object ofNull(FieldSchema field) {
    return field.nullable() ? null : field.defaultValue();
  }

  /**
   * A field that the file lacks: it was added later, or another engine left it out. Not for vectors
   * that may be null: they would be as large as real ones.
   */
  static FileColumn missing(FieldSchema field, int rows) {
    if (field.type() == DataType.BINARY_VECTOR || field.type() == DataType.SPARSE_FLOAT_VECTOR) {
      PackedBuffer none = new PackedBuffer(field);
      for (int row = 0; row < rows; row++) {
        none.add(null);
      }
      return none.build();
    }
    if (field.type().isVector()) {
      VectorBuffer zeros = new VectorBuffer(field, rows);
      for (int row = 0; row < rows; row++) {
        zeros.reject(row);
      }
      return zeros.build();
    }
    return new FileColumn(
        field,
        io.tidemark.model.column.ColumnBuilder.constant(field, field.defaultValue(), rows),
        new BitSet());
  }

  /** Whether it says nothing: a batch without the field reads the same. */
  boolean isAllNull() {
    if (!field.type().isVector() || values.validity() == null) {
      return false;
    }
    for (int row = 0; row < values.size(); row++) {
      if (!values.isNull(row)) {
        return false;
      }
    }
    return true;
  }
}
