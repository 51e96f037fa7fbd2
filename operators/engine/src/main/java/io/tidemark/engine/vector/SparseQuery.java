package io.tidemark.engine.vector;

import io.tidemark.model.column.SparseRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A sparse query, for rows of {@link SparseVectors}. */
public final class SparseQuery implements QueryVector {
  private final int[] indices;
  private final float[] values;

  /**
   * @param indices unsigned, ascending; kept, not copied
   * @param values of the indices, finite and not negative; kept, not copied
   * @throws IllegalArgumentException if there are not as many of both
   */
  public SparseQuery(int[] indices, float[] values) {
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          indices.length + " indices with " + values.length + " values");
    }
    this.indices = indices;
    this.values = values;
  }

  /**
   * @param row as {@link SparseRow} says, from 0 to its limit
   */
  public static SparseQuery of(ByteBuffer row) {
    ByteBuffer pairs = row.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int[] indices = new int[pairs.limit() / SparseRow.PAIR_BYTES];
    float[] values = new float[indices.length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = SparseRow.index(pairs, i);
      values[i] = SparseRow.value(pairs, i);
    }
    return new SparseQuery(indices, values);
  }

  /**
   * @throws IllegalArgumentException if the query is of another kind
   */
  public static SparseQuery of(QueryVector query) {
    return switch (query) {
      case SparseQuery sparse -> sparse;
      case DenseQuery dense ->
          throw new IllegalArgumentException("a dense query, not a sparse one");
      case BinaryQuery binary -> throw new IllegalArgumentException("a query of bits, not sparse");
    };
  }

  /** Unsigned, ascending; not to be written to. */
  public int[] indices() {
    return indices;
  }

  /** Of the indices; not to be written to. */
  public float[] values() {
    return values;
  }

  @Override
  public int dimension() {
    return indices.length;
  }
}
