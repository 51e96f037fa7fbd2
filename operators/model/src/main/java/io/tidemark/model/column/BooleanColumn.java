package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Booleans, a byte each. */
public final class BooleanColumn implements Column {
  private final ByteBuffer values;
  private final int size;
  private final @Nullable Validity validity;

  BooleanColumn(ByteBuffer values, int size, @Nullable Validity validity) {
    this.values = values.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.validity = validity;
  }

  /** Copies the values. */
  public static BooleanColumn of(boolean[] values, @Nullable Validity validity) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 1).order(ByteOrder.LITTLE_ENDIAN);
    for (boolean value : values) {
      buffer.put((byte) (value ? 1 : 0));
    }
    return new BooleanColumn(buffer.flip(), values.length, validity);
  }

  public boolean get(int row) {
    return values.get(row) != 0;
  }

  @Override
  public DataType type() {
    return DataType.BOOL;
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
    return isNull(row) ? null : (Boolean) get(row);
  }

  @Override
  public BooleanColumn gather(int[] rows) {
    boolean[] gathered = new boolean[rows.length];
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
