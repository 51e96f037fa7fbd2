package io.tidemark.model.column;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an {@link EntityBatch}, in log records and column cache files. Little-endian
 * throughout; decoding copies nothing. The container around it carries version and checksum.
 *
 * <pre>
 * batch  := rows:int32  columns:int32  column*
 * column := fieldId:int32  type:int32  dimension:int32  flags:int32  validityBytes:int64  payloadBytes:int64
 *           validity[validityBytes]  payload[payloadBytes]
 * </pre>
 *
 * {@code type} is {@link DataType#number()}, {@code dimension} 0 but for vectors that have one,
 * {@code flags} 0. {@code validity} is empty if no row is null, else one bit per row, least
 * significant first. Both are padded with zeros to 8 bytes; the counts leave the padding out.
 * {@code payload} by type: BOOL 1 byte a row; INT8, INT16, INT32, FLOAT 4; INT64, DOUBLE 8;
 * FLOAT_VECTOR dimension × 4; FLOAT16_VECTOR, BFLOAT16_VECTOR dimension × 2; INT8_VECTOR dimension
 * × 1; BINARY_VECTOR dimension / 8; VARCHAR and JSON as {@link BytesColumn} says,
 * SPARSE_FLOAT_VECTOR as {@link SparseVectorColumn}.
 */
public final class ColumnCodec {
  private static final int BATCH_HEADER = 8;
  private static final int COLUMN_HEADER = 32;

  private ColumnCodec() {}

  /** Bytes that {@link #encode} writes. */
  public static long encodedSize(EntityBatch batch) {
    long total = BATCH_HEADER;
    for (Column column : batch.columns().values()) {
      Validity validity = column.validity();
      total +=
          COLUMN_HEADER
              + (validity == null ? 0 : padded(validityBytes(column.size())))
              + padded(column.payload().remaining());
    }
    return total;
  }

  /** Appends the batch to {@code target}, which is little-endian and has room. */
  public static void encode(EntityBatch batch, ByteBuffer target) {
    target.order(ByteOrder.LITTLE_ENDIAN).putInt(batch.size()).putInt(batch.columns().size());
    for (Map.Entry<Integer, Column> entry : batch.columns().entrySet()) {
      Column column = entry.getValue();
      ByteBuffer payload = column.payload();
      Validity validity = column.validity();
      int dimension = column instanceof VectorColumn vectors ? vectors.dimension() : 0;
      int validityBytes = validity == null ? 0 : validityBytes(column.size());
      target.putInt(entry.getKey()).putInt(column.type().number()).putInt(dimension).putInt(0);
      target.putLong(validityBytes).putLong(payload.remaining());
      if (validity != null) {
        putPadded(target, validity.bits().limit(validityBytes));
      }
      putPadded(target, payload);
    }
  }

  /**
   * Reads a batch at {@code source}'s position, which moves behind it. Columns are views of {@code
   * source}.
   *
   * @throws IllegalArgumentException if counts and lengths do not fit
   */
  public static EntityBatch decode(ByteBuffer source) {
    source.order(ByteOrder.LITTLE_ENDIAN);
    int rows = source.getInt();
    int columnCount = source.getInt();
    if (rows < 0 || columnCount < 0 || columnCount > 1 << 16) {
      throw new IllegalArgumentException(
          "batch of " + rows + " rows and " + columnCount + " columns");
    }
    Map<Integer, Column> columns = new TreeMap<>();
    for (int i = 0; i < columnCount; i++) {
      int fieldId = source.getInt();
      DataType type = DataType.ofNumber(source.getInt());
      int dimension = source.getInt();
      source.getInt();
      long validityBytes = source.getLong();
      long payloadBytes = source.getLong();
      if (validityBytes != 0 && validityBytes != validityBytes(rows)) {
        throw new IllegalArgumentException(
            "column " + fieldId + ": " + validityBytes + " validity bytes for " + rows + " rows");
      }
      Validity validity = validityBytes == 0 ? null : new Validity(take(source, validityBytes));
      columns.put(fieldId, column(type, dimension, rows, validity, take(source, payloadBytes)));
    }
    return new EntityBatch(rows, columns);
  }

  static Column column(
      DataType type, int dimension, int rows, @Nullable Validity validity, ByteBuffer payload) {
    long expected =
        switch (type) {
          case BOOL -> rows;
          case INT8, INT16, INT32, FLOAT -> rows * 4L;
          case INT64, DOUBLE -> rows * 8L;
          case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
              (long) rows * type.vectorBytes(dimension);
          case VARCHAR, JSON, SPARSE_FLOAT_VECTOR ->
              (rows + 1) * 4L + payload.order(ByteOrder.LITTLE_ENDIAN).getInt(rows * 4);
        };
    if (payload.remaining() != expected) {
      throw new IllegalArgumentException(
          type
              + " column of "
              + rows
              + " rows has "
              + payload.remaining()
              + " bytes, expected "
              + expected);
    }
    return switch (type) {
      case BOOL -> new BooleanColumn(payload, rows, validity);
      case INT8, INT16, INT32 -> new IntColumn(type, payload, rows, validity);
      case INT64 -> new LongColumn(payload, rows, validity);
      case FLOAT -> new FloatColumn(payload, rows, validity);
      case DOUBLE -> new DoubleColumn(payload, rows, validity);
      case VARCHAR, JSON -> new BytesColumn(type, payload, rows, validity);
      case FLOAT_VECTOR -> new FloatVectorColumn(payload, rows, dimension, validity);
      case FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR ->
          new PackedVectorColumn(type, payload, rows, dimension, validity);
      case SPARSE_FLOAT_VECTOR ->
          new SparseVectorColumn(new BytesColumn(type, payload, rows, validity));
    };
  }

  private static ByteBuffer take(ByteBuffer source, long bytes) {
    if (bytes < 0 || padded(bytes) > source.remaining()) {
      throw new IllegalArgumentException(
          "a column of " + bytes + " bytes where " + source.remaining() + " are left");
    }
    ByteBuffer slice = source.slice(source.position(), (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    source.position(source.position() + (int) padded(bytes));
    return slice;
  }

  private static void putPadded(ByteBuffer target, ByteBuffer bytes) {
    int length = bytes.remaining();
    target.put(bytes);
    for (long i = length; i < padded(length); i++) {
      target.put((byte) 0);
    }
  }

  private static int validityBytes(int rows) {
    return (rows + 7) >>> 3;
  }

  private static long padded(long bytes) {
    return bytes + 7 & ~7L;
  }
}
