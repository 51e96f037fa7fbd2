package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** FLOAT values, 4 bytes each. */
public final class FloatColumn implements Column {
  private final ByteBuffer values;
  private final int size;
  private final @Nullable Validity validity;

  FloatColumn(ByteBuffer values, int size, @Nullable Validity validity) {
    this.values = values.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.validity = validity;
  }

  /** Copies the values. */
  public static FloatColumn of(float[] values, @Nullable Validity validity) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return new FloatColumn(buffer.flip(), values.length, validity);
  }

  public float get(int row) {
    return values.getFloat(row << 2);
  }

  /** Copies the values of so many rows, whatever those without one hold. */
  public void copy(int row, float[] target, int count) {
    values.asFloatBuffer().get(row, target, 0, count);
  }

  @Override
  public DataType type() {
    return DataType.FLOAT;
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
    return isNull(row) ? null : (Double) (double) get(row);
  }

  @Override
  public FloatColumn gather(int[] rows) {
    float[] gathered = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      gathered[i] = get(rows[i]);
    }
    return of(gathered, Validity.gather(validity, rows));
  }

  @Override
  public ByteBuffer payload() {
    return values.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }
}
