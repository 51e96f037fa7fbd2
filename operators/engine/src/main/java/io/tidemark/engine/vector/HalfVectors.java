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
public final class HalfVectors extends DenseVectors {
  private final short[] data;

  /**
   * @param type FLOAT16_VECTOR or BFLOAT16_VECTOR
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public HalfVectors(DataType type, short[] data, int dimension, @Nullable BitSet present) {
    super(type, data.length, dimension, present);
    if (!type.isHalfVector()) {
      throw new IllegalArgumentException(type + " has no 16-bit floats");
    }
    this.data = data;
  }

  HalfVectors joined(List<HalfVectors> parts) {
    return new HalfVectors(
        type(),
        Parts.join(parts.stream().map(part -> part.data).toList(), short[]::new),
        dimension(),
        Parts.present(parts));
  }

  short[] data() {
    return data;
  }

  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    float[] floats = floats(query);
    return type() == DataType.FLOAT16_VECTOR
        ? new HalfScorer(metric, floats, this)
        : new BrainScorer(metric, floats, this);
  }

  @Override
  public FloatVectors widened() {
    float[] floats = new float[data.length];
    widen(0, floats, 0, data.length);
    return new FloatVectors(floats, dimension(), present());
  }

  @Override
  public void copy(int row, float[] target, int at) {
    widen(row * dimension(), target, at, dimension());
  }

  private void widen(int from, float[] target, int at, int count) {
    if (type() == DataType.FLOAT16_VECTOR) {
      for (int i = 0; i < count; i++) {
        target[at + i] = HalfFloats.ofHalf(data[from + i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        target[at + i] = HalfFloats.ofBrain(data[from + i]);
      }
    }
  }

  @Override
  public HalfVectors gather(int[] rows) {
    return new HalfVectors(
        type(),
        Parts.gather(data, rows, dimension(), short[]::new),
        dimension(),
        Parts.present(this, rows));
  }

  @Override
  public PackedVectorColumn column() {
    ByteBuffer payload =
        ByteBuffer.allocate(Math.multiplyExact(data.length, Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    payload.asShortBuffer().put(data);
    return PackedVectorColumn.wrap(type(), payload, dimension(), Parts.validity(this));
  }

  @Override
  float inverseNorm(int row) {
    return Scores.inverseNorm(query(row).values(), 0, dimension());
  }
}
