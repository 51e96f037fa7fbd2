package io.tidemark.engine.vector;

import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * FLOAT16 or BFLOAT16 vectors in one array, row-major, 16 bits per element. The array is not copied
 * and must not be written to any more; a row without a vector has zeros.
 */
public final class HalfVectors implements DenseVectors {
  private final DataType type;
  private final short[] data;
  private final int dimension;
  private final int size;
  private final @Nullable BitSet present;
  private volatile float @Nullable [] inverseNorms;

  /**
   * @param type FLOAT16_VECTOR or BFLOAT16_VECTOR
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public HalfVectors(DataType type, short[] data, int dimension, @Nullable BitSet present) {
    if (!type.isHalfVector() || dimension < 1 || data.length % dimension != 0) {
      throw new IllegalArgumentException(
          data.length + " elements are no whole rows of " + type + " of dimension " + dimension);
    }
    this.type = type;
    this.data = data;
    this.dimension = dimension;
    this.size = data.length / dimension;
    this.present = present;
  }

  static HalfVectors of(PackedVectorColumn column) {
    Parts.checkLength((long) column.size() * column.dimension());
    return new HalfVectors(
        column.type(), column.toShorts(), column.dimension(), Parts.present(column));
  }

  static HalfVectors concat(HalfVectors first, List<HalfVectors> parts) {
    Parts.checkLength(parts.stream().mapToLong(part -> part.data.length).sum());
    short[] joined = new short[parts.stream().mapToInt(part -> part.data.length).sum()];
    int offset = 0;
    for (HalfVectors part : parts) {
      System.arraycopy(part.data, 0, joined, offset, part.data.length);
      offset += part.data.length;
    }
    return new HalfVectors(first.type, joined, first.dimension, Parts.present(parts));
  }

  @Override
  public DataType type() {
    return type;
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
    return 2L * data.length + (norms == null ? 0 : 4L * norms.length);
  }

  @Override
  public @Nullable BitSet present() {
    return present;
  }

  short[] data() {
    return data;
  }

  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    float[] floats = FloatVectors.floats(query, this);
    return type == DataType.FLOAT16_VECTOR
        ? new HalfScorer(metric, floats, this)
        : new BrainScorer(metric, floats, this);
  }

  @Override
  public FloatVectors widened() {
    float[] floats = new float[data.length];
    widen(0, floats);
    return new FloatVectors(floats, dimension, present);
  }

  @Override
  public DenseQuery query(int row) {
    float[] floats = new float[dimension];
    widen(row * dimension, floats);
    return new DenseQuery(floats);
  }

  private void widen(int from, float[] target) {
    if (type == DataType.FLOAT16_VECTOR) {
      for (int i = 0; i < target.length; i++) {
        target[i] = HalfFloats.ofHalf(data[from + i]);
      }
    } else {
      for (int i = 0; i < target.length; i++) {
        target[i] = HalfFloats.ofBrain(data[from + i]);
      }
    }
  }

  @Override
  public HalfVectors gather(int[] rows) {
    short[] gathered = new short[Math.multiplyExact(rows.length, dimension)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data, rows[i] * dimension, gathered, i * dimension, dimension);
    }
    return new HalfVectors(type, gathered, dimension, Parts.present(this, rows));
  }

  @Override
  public PackedVectorColumn column() {
    ByteBuffer payload =
        ByteBuffer.allocate(Math.multiplyExact(data.length, Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    payload.asShortBuffer().put(data);
    return PackedVectorColumn.wrap(type, payload, dimension, Parts.validity(this));
  }

  /** 1 / |row| per row, 0 for a row of zeros; computed at the first call, then kept. */
  float[] inverseNorms() {
    float[] norms = inverseNorms;
    if (norms == null) {
      norms = new float[size];
      float[] row = new float[dimension];
      for (int i = 0; i < size; i++) {
        widen(i * dimension, row);
        norms[i] = Scores.inverseNorm(row, 0, dimension);
      }
      inverseNorms = norms;
    }
    return norms;
  }
}
