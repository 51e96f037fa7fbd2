package io.tidemark.engine.vector;

/** A query of bits, for rows of {@link BinaryVectors}. */
public final class BinaryQuery implements QueryVector {
  private final byte[] bits;

  /**
   * @param bits eight a byte, the first in the highest place; kept, not copied
   */
  public BinaryQuery(byte[] bits) {
    this.bits = bits;
  }

  /**
   * @throws IllegalArgumentException if the query is of another kind
   */
  static BinaryQuery of(QueryVector query) {
    return switch (query) {
      case BinaryQuery binary -> binary;
      case SparseQuery sparse -> throw new IllegalArgumentException("a sparse query, not bits");
      case DenseQuery dense -> throw new IllegalArgumentException("a query of numbers, not bits");
    };
  }

  /** Not to be written to. */
  public byte[] bits() {
    return bits;
  }

  @Override
  public int dimension() {
    return Math.multiplyExact(bits.length, Byte.SIZE);
  }
}
