package io.tidemark.engine.vector;

import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * INT8 vectors in one array, row-major, a signed byte per element. The array is not copied and must
 * not be written to any more; a row without a vector has zeros.
 */
public final class ByteVectors implements DenseVectors {
  private final byte[] data;
  private final int dimension;
  private final int size;
  private final @Nullable BitSet present;
  private volatile float @Nullable [] inverseNorms;

  /**
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public ByteVectors(byte[] data, int dimension, @Nullable BitSet present) {
    if (dimension < 1 || data.length % dimension != 0) {
      throw new IllegalArgumentException(
          data.length + " bytes are no whole rows of dimension " + dimension);
    }
    this.data = data;
    this.dimension = dimension;
    this.size = data.length / dimension;
    this.present = present;
  }

  static ByteVectors of(PackedVectorColumn column) {
    Parts.checkLength((long) column.size() * column.dimension());
    return new ByteVectors(column.toBytes(), column.dimension(), Parts.present(column));
  }

  static ByteVectors concat(ByteVectors first, List<ByteVectors> parts) {
    Parts.checkLength(parts.stream().mapToLong(part -> part.data.length).sum());
    byte[] joined = new byte[parts.stream().mapToInt(part -> part.data.length).sum()];
    int offset = 0;
    for (ByteVectors part : parts) {
      System.arraycopy(part.data, 0, joined, offset, part.data.length);
      offset += part.data.length;
    }
    return new ByteVectors(joined, first.dimension, Parts.present(parts));
  }

  @Override
  public DataType type() {
    return DataType.INT8_VECTOR;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public long bytes() {
    float[] norms = inverseNorms;
    return data.length + (norms == null ? 0 : 4L * norms.length);
  }

  @Override
  public @Nullable BitSet present() {
    return present;
  }

  byte[] data() {
    return data;
  }

  /**
   * @throws IllegalArgumentException if the query is of another kind or dimension, or not of whole
   *     numbers from −128 to 127
   */
  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    return new ByteScorer(metric, whole(FloatVectors.floats(query, this)), this);
  }

  private static int[] whole(float[] query) {
    int[] whole = new int[query.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (byte) query[i];
      if (whole[i] != query[i]) {
        throw new IllegalArgumentException(
            "query has " + query[i] + " at " + i + ", which is no signed byte");
      }
    }
    return whole;
  }

  @Override
  public FloatVectors widened() {
    float[] floats = new float[data.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = data[i];
    }
    return new FloatVectors(floats, dimension, present);
  }

  @Override
  public DenseQuery query(int row) {
    float[] floats = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      floats[i] = data[row * dimension + i];
    }
    return new DenseQuery(floats);
  }

  @Override
  public ByteVectors gather(int[] rows) {
    byte[] gathered = new byte[Math.multiplyExact(rows.length, dimension)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data, rows[i] * dimension, gathered, i * dimension, dimension);
    }
    return new ByteVectors(gathered, dimension, Parts.present(this, rows));
  }

  @Override
  public PackedVectorColumn column() {
    return PackedVectorColumn.wrap(
        DataType.INT8_VECTOR, ByteBuffer.wrap(data), dimension, Parts.validity(this));
  }

  /** 1 / |row| per row, 0 for a row of zeros; computed at the first call, then kept. */
  float[] inverseNorms() {
    float[] norms = inverseNorms;
    if (norms == null) {
      norms = new float[size];
      for (int row = 0; row < size; row++) {
        int squared = 0;
        for (int i = row * dimension; i < (row + 1) * dimension; i++) {
          squared += data[i] * data[i];
        }
        norms[row] = ByteScorer.inverseNorm(squared);
      }
      inverseNorms = norms;
    }
    return norms;
  }
}
