package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sparse vectors: offsets and bytes as in a {@link BytesColumn}, those of each row as {@link
 * SparseRow} says. A row may be empty, which is a vector of zeros.
 */
public final class SparseVectorColumn implements VectorColumn {
  private final BytesColumn rows;

  SparseVectorColumn(BytesColumn rows) {
    this.rows = rows;
  }

  /** Copies the rows, which nobody checks here; a null element is a null row. */
  public static SparseVectorColumn of(List<byte @Nullable []> rows) {
    return new SparseVectorColumn(BytesColumn.of(DataType.SPARSE_FLOAT_VECTOR, rows));
  }

  BytesColumn rows() {
    return rows;
  }

  /** Elements of a row that the column holds, 0 for a null one. */
  public int count(int row) {
    return rows.length(row) / SparseRow.PAIR_BYTES;
  }

  /** A copy of a row. */
  public byte[] bytes(int row) {
    return rows.bytes(row);
  }

  /** A read-only, little-endian view of a row, position 0 to limit. */
  public ByteBuffer slice(int row) {
    return rows.slice(row).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public int dimension() {
    return 0;
  }

  @Override
  public DataType type() {
    return rows.type();
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public @Nullable Validity validity() {
    return rows.validity();
  }

  @Override
  public @Nullable Object value(int row) {
    return isNull(row) ? null : bytes(row);
  }

  @Override
  public SparseVectorColumn gather(int[] wanted) {
    return new SparseVectorColumn(rows.gather(wanted));
  }

  @Override
  public ByteBuffer payload() {
    return rows.payload();
  }
}
