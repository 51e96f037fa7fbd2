package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Float vectors of one dimension, row after row: {@code size × dimension × 4} bytes. */
public final class FloatVectorColumn implements VectorColumn {
  private final FloatBuffer values;
  private final ByteBuffer payload;
  private final int size;
  private final int dimension;
  private final @Nullable Validity validity;

  FloatVectorColumn(ByteBuffer payload, int size, int dimension, @Nullable Validity validity) {
    this.payload = payload.order(ByteOrder.LITTLE_ENDIAN);
    this.values = this.payload.asFloatBuffer();
    this.size = size;
    this.dimension = dimension;
    this.validity = validity;
  }

  /** Copies {@code values}, row-major, {@code size × dimension} floats. */
  public static FloatVectorColumn of(float[] values, int dimension, @Nullable Validity validity) {
    if (dimension <= 0 || values.length % dimension != 0) {
      throw new IllegalArgumentException(
          values.length + " floats are no whole rows of dimension " + dimension);
    }
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return new FloatVectorColumn(buffer, values.length / dimension, dimension, validity);
  }

  /**
   * A column over {@code payload}, little-endian floats from index 0 to its limit, row-major; not
   * copied, so nobody may write to it any more.
   *
   * @param validity null if no row is null
   */
  public static FloatVectorColumn wrap(
      ByteBuffer payload, int dimension, @Nullable Validity validity) {
    int rowBytes = Math.multiplyExact(dimension, Float.BYTES);
    if (dimension <= 0 || payload.limit() % rowBytes != 0) {
      throw new IllegalArgumentException(
          payload.limit() + " bytes are no whole rows of dimension " + dimension);
    }
    ByteBuffer whole = payload.duplicate().rewind();
    return new FloatVectorColumn(whole, payload.limit() / rowBytes, dimension, validity);
  }

  @Override
  public int dimension() {
    return dimension;
  }

  /** Copies one vector to {@code target[offset ..]}. */
  public void copyTo(int row, float[] target, int offset) {
    values.get(row * dimension, target, offset, dimension);
  }

  /** All rows, row-major, as a new array. */
  public float[] toArray() {
    float[] copy = new float[size * dimension];
    values.get(0, copy);
    return copy;
  }

  public float[] vector(int row) {
    float[] vector = new float[dimension];
    copyTo(row, vector, 0);
    return vector;
  }

  @Override
  public DataType type() {
    return DataType.FLOAT_VECTOR;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable Validity validity() {
    return validity;
  }

  @Override
  public @Nullable Object value(int row) {
    return isNull(row) ? null : vector(row);
  }

  @Override
  public FloatVectorColumn gather(int[] rows) {
    float[] gathered = new float[Math.multiplyExact(rows.length, dimension)];
    for (int i = 0; i < rows.length; i++) {
      copyTo(rows[i], gathered, i * dimension);
    }
    return of(gathered, dimension, Validity.gather(validity, rows));
  }

  @Override
  public ByteBuffer payload() {
    return payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }
}
