package io.tidemark.engine.vector;

import java.util.zip.CRC32C;

/** A query of bits, for rows of {@link BinaryVectors}. */
public final class BinaryQuery implements QueryVector {
  private final byte[] bits;
  private final int elementBytes;

  /**
   * @param bits eight a byte, the first in the highest place; kept, not copied
   */
  public BinaryQuery(byte[] bits) {
    this(bits, 1);
  }

  private BinaryQuery(byte[] bits, int elementBytes) {
    this.bits = bits;
    this.elementBytes = elementBytes;
  }

  /**
   * The same bits as a signature of elements of so many bytes, for MHJACCARD.
   *
   * @param bytes 1, 2, 4 or 8
   * @throws IllegalArgumentException if they are no whole number of such elements
   */
  public BinaryQuery ofElements(int bytes) {
    if ((bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) || bits.length % bytes != 0) {
      throw new IllegalArgumentException(
          "signature of " + bits.length + " bytes in elements of " + bytes);
    }
    return new BinaryQuery(bits, bytes);
  }

  /** Bytes of an element of a signature. */
  int elementBytes() {
    return elementBytes;
  }

  /** The checksum (CRC-32C) of some of its bytes. */
  public int checksum(int from, int length) {
    return checksum(bits, from, length);
  }

  static int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
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
