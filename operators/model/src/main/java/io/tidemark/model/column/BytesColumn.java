package io.tidemark.model.column;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Variable-length values, UTF-8 for VARCHAR and JSON: {@code size + 1} int32 offsets, then the
 * bytes. Value {@code i} is {@code bytes[offset[i] .. offset[i+1])}, offsets counted from the first
 * byte after them.
 */
public final class BytesColumn implements Column {
  private final DataType type;
  private final ByteBuffer payload;
  private final int size;
  private final int base;
  private final @Nullable Validity validity;

  BytesColumn(DataType type, ByteBuffer payload, int size, @Nullable Validity validity) {
    this.type = type;
    this.payload = payload.order(ByteOrder.LITTLE_ENDIAN);
    this.size = size;
    this.base = (size + 1) * 4;
    this.validity = validity;
  }

  /** Copies the values; a null element is a null row. */
  public static BytesColumn of(DataType type, List<byte @Nullable []> values) {
    long total = 0;
    boolean[] valid = new boolean[values.size()];
    for (int i = 0; i < valid.length; i++) {
      byte[] value = values.get(i);
      valid[i] = value != null;
      total += value == null ? 0 : value.length;
    }
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.toIntExact(total + (valid.length + 1) * 4L))
            .order(ByteOrder.LITTLE_ENDIAN);
    int offset = 0;
    int base = (valid.length + 1) * 4;
    buffer.putInt(0, 0);
    for (int i = 0; i < valid.length; i++) {
      byte[] value = values.get(i);
      if (value != null) {
        buffer.put(base + offset, value);
        offset += value.length;
      }
      buffer.putInt((i + 1) * 4, offset);
    }
    return new BytesColumn(type, buffer, valid.length, Validity.of(valid));
  }

  /** Copies the texts; a null element is a null row. */
  public static BytesColumn ofStrings(DataType type, List<@Nullable String> values) {
    List<byte @Nullable []> bytes = new java.util.ArrayList<>(values.size());
    for (String value : values) {
      bytes.add(value == null ? null : value.getBytes(UTF_8));
    }
    return of(type, bytes);
  }

  public int length(int row) {
    return payload.getInt((row + 1) << 2) - payload.getInt(row << 2);
  }

  /** A copy of the bytes. */
  public byte[] bytes(int row) {
    byte[] copy = new byte[length(row)];
    payload.get(base + payload.getInt(row << 2), copy);
    return copy;
  }

  /** A read-only view of the bytes, position 0 to limit. */
  public ByteBuffer slice(int row) {
    return payload.slice(base + payload.getInt(row << 2), length(row)).asReadOnlyBuffer();
  }

  public String string(int row) {
    return new String(bytes(row), UTF_8);
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
    return isNull(row) ? null : string(row);
  }

  @Override
  public BytesColumn gather(int[] rows) {
    List<byte @Nullable []> gathered = new java.util.ArrayList<>(rows.length);
    for (int row : rows) {
      gathered.add(isNull(row) ? null : bytes(row));
    }
    return of(type, gathered);
  }

  @Override
  public ByteBuffer payload() {
    return payload.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind();
  }
}
