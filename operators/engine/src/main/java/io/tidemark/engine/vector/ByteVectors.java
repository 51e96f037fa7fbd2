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
public final class ByteVectors extends DenseVectors {
  private final byte[] data;

  /**
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public ByteVectors(byte[] data, int dimension, @Nullable BitSet present) {
    super(DataType.INT8_VECTOR, data.length, dimension, present);
    this.data = data;
  }

  ByteVectors joined(List<ByteVectors> parts) {
    return new ByteVectors(
        Parts.join(parts.stream().map(part -> part.data).toList(), byte[]::new),
        dimension(),
        Parts.present(parts));
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
    return new ByteScorer(metric, whole(floats(query)), this);
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
    return new FloatVectors(floats, dimension(), present());
  }

  @Override
  public void copy(int row, float[] target, int at) {
    int from = row * dimension();
    for (int i = 0; i < dimension(); i++) {
      target[at + i] = data[from + i];
    }
  }

  @Override
  public ByteVectors gather(int[] rows) {
    return new ByteVectors(
        Parts.gather(data, rows, dimension(), byte[]::new), dimension(), Parts.present(this, rows));
  }

  @Override
  public PackedVectorColumn column() {
    return PackedVectorColumn.wrap(
        type(), ByteBuffer.wrap(data), dimension(), Parts.validity(this));
  }

  @Override
  float inverseNorm(int row) {
    int squared = 0;
    for (int i = row * dimension(); i < (row + 1) * dimension(); i++) {
      squared += data[i] * data[i];
    }
    return ByteScorer.inverseNorm(squared);
  }
}
