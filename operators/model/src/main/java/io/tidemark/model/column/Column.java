package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The values of one field for a run of rows, over little-endian buffers that may be a heap array, a
 * log record or a mapped cache file; nothing is copied on decoding. Immutable by convention: nobody
 * writes to the buffers after construction. Safe for concurrent reads. Value accessors of a null
 * row return an unspecified value; ask {@link #isNull} first.
 */
public sealed interface Column
    permits BooleanColumn,
        IntColumn,
        LongColumn,
        FloatColumn,
        DoubleColumn,
        BytesColumn,
        VectorColumn {
  DataType type();

  /** Rows. */
  int size();

  /** The rows that hold a value, or null if all do. */
  @Nullable Validity validity();

  default boolean isNull(int row) {
    Validity validity = validity();
    return validity != null && !validity.isValid(row);
  }

  /**
   * The value as Boolean, Long (any integer type), Double (FLOAT and DOUBLE; a FLOAT is widened),
   * String (VARCHAR, JSON), float[] (dense vectors of floats of any width) or byte[] (INT8_VECTOR,
   * BINARY_VECTOR, and SPARSE_FLOAT_VECTOR as {@link SparseRow} says); null for a null row. For
   * keys, tests and slow paths.
   */
  @Nullable Object value(int row);

  /** A new column of the given rows, in that order. */
  Column gather(int[] rows);

  /**
   * The values' bytes as {@link ColumnCodec} lays them out, position 0 to limit; not to be written
   * to.
   */
  ByteBuffer payload();
}
