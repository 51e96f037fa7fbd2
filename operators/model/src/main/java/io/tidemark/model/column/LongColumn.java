package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** INT64 values, 8 bytes each. */
public final class LongColumn implements Column {
  private final ByteBuffer values;
  private final int size;
  private final @Nullable Validity validity;

  LongColumn(ByteBuffer values, int size, @Nullable Validity validity) {
    this.values = values.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.validity = validity;
  }

  /** Copies the values. */
  public static LongColumn of(long[] values, @Nullable Validity validity) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      buffer.putLong(value);
    }
    return new LongColumn(buffer.flip(), values.length, validity);
  }

  public long get(int row) {
    return values.getLong(row << 3);
  }

  /** Copies the values of so many rows, whatever those without one hold. */
  public void copy(int row, long[] target, int count) {
    values.asLongBuffer().get(row, target, 0, count);
  }

  @Override
  public DataType type() {
    return DataType.INT64;
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
    return isNull(row) ? null : (Long) get(row);
  }

  @Override
  public LongColumn gather(int[] rows) {
    long[] gathered = new long[rows.length];
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
