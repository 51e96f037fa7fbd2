package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** DOUBLE values, 8 bytes each. */
public final class DoubleColumn implements Column {
  private final ByteBuffer values;
  private final int size;
  private final @Nullable Validity validity;

  DoubleColumn(ByteBuffer values, int size, @Nullable Validity validity) {
    this.values = values.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.validity = validity;
  }

  /** Copies the values. */
  public static DoubleColumn of(double[] values, @Nullable Validity validity) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      buffer.putDouble(value);
    }
    return new DoubleColumn(buffer.flip(), values.length, validity);
  }

  public double get(int row) {
    return values.getDouble(row << 3);
  }

  /** Copies the values of so many rows, whatever those without one hold. */
  public void copy(int row, double[] target, int count) {
    values.asDoubleBuffer().get(row, target, 0, count);
  }

  @Override
  public DataType type() {
    return DataType.DOUBLE;
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
    return isNull(row) ? null : (Double) get(row);
  }

  @Override
  public DoubleColumn gather(int[] rows) {
    double[] gathered = new double[rows.length];
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
