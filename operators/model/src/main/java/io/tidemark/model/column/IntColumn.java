package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** INT8, INT16 and INT32 values, 4 bytes each whatever the type. */
public final class IntColumn implements Column {
  private final DataType type;
  private final ByteBuffer values;
  private final int size;
  private final @Nullable Validity validity;

  IntColumn(DataType type, ByteBuffer values, int size, @Nullable Validity validity) {
    this.type = type;
    this.values = values.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.validity = validity;
  }

  /** Copies the values; {@code type} is INT8, INT16 or INT32. */
  public static IntColumn of(DataType type, int[] values, @Nullable Validity validity) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values);
    return new IntColumn(type, buffer, values.length, validity);
  }

  public int get(int row) {
    return values.getInt(row << 2);
  }

  /** Copies the values of so many rows, whatever those without one hold. */
  public void copy(int row, int[] target, int count) {
    values.asIntBuffer().get(row, target, 0, count);
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
  public @Nullable Validity validity() {
    return validity;
  }

  @Override
  public @Nullable Object value(int row) {
    return isNull(row) ? null : (Long) (long) get(row);
  }

  @Override
  public IntColumn gather(int[] rows) {
    int[] gathered = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      gathered[i] = get(rows[i]);
    }
    return of(type, gathered, Validity.gather(validity, rows));
  }

  @Override
  public ByteBuffer payload() {
    return values.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }
}
