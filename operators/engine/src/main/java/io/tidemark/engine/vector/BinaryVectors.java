package io.tidemark.engine.vector;

import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of bits in one array, row-major, eight a byte, the first in the highest place. The array
 * is not copied and must not be written to any more; a row without a vector has zeros.
 */
public final class BinaryVectors extends Vectors {
  private final byte[] data;
  private final int rowBytes;

  /**
   * @param dimension bits, a multiple of 8
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public BinaryVectors(byte[] data, int dimension, @Nullable BitSet present) {
    this(data, dimension, DataType.BINARY_VECTOR.vectorBytes(dimension), present);
  }

  private BinaryVectors(byte[] data, int dimension, int rowBytes, @Nullable BitSet present) {
    super(
        DataType.BINARY_VECTOR,
        Parts.rows(DataType.BINARY_VECTOR, data.length, rowBytes, dimension),
        dimension,
        present);
    this.data = data;
    this.rowBytes = rowBytes;
  }

  BinaryVectors joined(List<BinaryVectors> parts) {
    return new BinaryVectors(
        Parts.join(parts.stream().map(part -> part.data).toList(), byte[]::new),
        dimension(),
        Parts.present(parts));
  }

  @Override
  public long bytes() {
    return data.length;
  }

  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    checkDimension(query);
    BinaryQuery bits = BinaryQuery.of(query);
    return metric == Metric.MHJACCARD
        ? new SignatureScorer(bits, data)
        : new BinaryScorer(metric, bits.bits(), data);
  }

  @Override
  public BinaryQuery query(int row) {
    return new BinaryQuery(Arrays.copyOfRange(data, row * rowBytes, (row + 1) * rowBytes));
  }

  /** The checksum (CRC-32C) of some of a row's bytes. */
  public int checksum(int row, int from, int length) {
    return BinaryQuery.checksum(data, row * rowBytes + from, length);
  }

  /**
   * A row's bits as floats 0 and 1, between which the squared distance is how many bits differ.
   *
   * @param target from {@code at} on has room for the dimension
   */
  public void spread(int row, float[] target, int at) {
    spread(data, row * rowBytes, target, at, dimension());
  }

  /** The same of a query. */
  public static float[] spread(BinaryQuery query) {
    float[] floats = new float[query.dimension()];
    spread(query.bits(), 0, floats, 0, floats.length);
    return floats;
  }

  private static void spread(byte[] bits, int from, float[] target, int at, int dimension) {
    for (int i = 0; i < dimension; i++) {
      target[at + i] = bits[from + (i >>> 3)] >>> (7 - (i & 7)) & 1;
    }
  }

  @Override
  public BinaryVectors gather(int[] rows) {
    return new BinaryVectors(
        Parts.gather(data, rows, rowBytes, byte[]::new), dimension(), Parts.present(this, rows));
  }

  @Override
  public PackedVectorColumn column() {
    return PackedVectorColumn.wrap(
        type(), ByteBuffer.wrap(data), dimension(), Parts.validity(this));
  }
}
