package io.tidemark.model.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnCodec;
import io.tidemark.model.column.EntityBatch;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The bytes of a log record, one per Kafka message. Little-endian throughout.
 *
 * <pre>
 * record := magic:int16 = 0x4D54 ("TM")  version:int8 = 1  kind:int8  crc:int32  length:int32
 *           shard:int32  timestamp:int64  collectionId:int64  body
 * </pre>
 *
 * {@code length} is the whole record's bytes, at most {@link #LENGTH_MAX}; {@code crc} is CRC-32C
 * over everything but itself. The bodies by {@link LogHeader.Kind}, {@code text} being an int32
 * byte count and UTF-8 bytes:
 *
 * <pre>
 * INSERT          := schemaVersion:int32  flags:int32 (1 = upsert)  partition:text  pad to 8  batch ({@link ColumnCodec})
 * DELETE          := partition:text  pad to 8  batch of one column, field id 0: the keys
 * DROP_PARTITION  := partition:text
 * TIME_TICK, FLUSH, DROP_COLLECTION := empty
 * </pre>
 *
 * Padding is counted from the record's start. A reader refuses a version, kind, length or checksum
 * it does not expect.
 */
public final class LogRecordCodec {
  /** Above this a record is not written; a request is at most 64 MiB on the wire. */
  public static final int LENGTH_MAX = 80 << 20;

  private static final short MAGIC = 0x4D54;
  private static final byte VERSION = 1;
  private static final int HEADER = 32;
  private static final int CRC_AT = 4;
  private static final int CRC_FROM = 8;
  private static final int UPSERT = 1;
  private static final int KEYS_FIELD = 0;

  private LogRecordCodec() {}

  public static byte[] encode(LogRecord record) {
    return switch (record) {
      case LogRecord.Insert insert -> encodeInsert(insert);
      case LogRecord.Delete delete -> encodeDelete(delete);
      case LogRecord.TimeTick tick ->
          finish(start(LogHeader.Kind.TIME_TICK, tick.timestamp(), 0, 0, 0));
      case LogRecord.Flush flush -> finish(start(LogHeader.Kind.FLUSH, flush, 0));
      case LogRecord.DropCollection drop -> finish(start(LogHeader.Kind.DROP_COLLECTION, drop, 0));
      case LogRecord.DropPartition drop -> {
        byte[] partition = drop.partition().getBytes(UTF_8);
        yield finish(
            start(LogHeader.Kind.DROP_PARTITION, drop, 4L + partition.length)
                .putInt(partition.length)
                .put(partition));
      }
    };
  }

  private static byte[] encodeInsert(LogRecord.Insert insert) {
    byte[] partition = insert.partition().getBytes(UTF_8);
    long prefix = padded(HEADER + 12L + partition.length) - HEADER;
    ByteBuffer buffer =
        start(LogHeader.Kind.INSERT, insert, prefix + ColumnCodec.encodedSize(insert.rows()));
    buffer
        .putInt(insert.schemaVersion())
        .putInt(insert.upsert() ? UPSERT : 0)
        .putInt(partition.length)
        .put(partition);
    buffer.position((int) padded(buffer.position()));
    ColumnCodec.encode(insert.rows(), buffer);
    return finish(buffer);
  }

  private static byte[] encodeDelete(LogRecord.Delete delete) {
    EntityBatch keys = new EntityBatch(delete.keys().size(), Map.of(KEYS_FIELD, delete.keys()));
    byte[] partition = delete.partition().getBytes(UTF_8);
    long prefix = padded(HEADER + 4L + partition.length) - HEADER;
    ByteBuffer buffer =
        start(LogHeader.Kind.DELETE, delete, prefix + ColumnCodec.encodedSize(keys));
    buffer.putInt(partition.length).put(partition);
    buffer.position((int) padded(buffer.position()));
    ColumnCodec.encode(keys, buffer);
    return finish(buffer);
  }

  private static ByteBuffer start(LogHeader.Kind kind, LogRecord.Channel record, long bodyBytes) {
    return start(kind, record.timestamp(), record.collectionId(), record.shard(), bodyBytes);
  }

  private static ByteBuffer start(
      LogHeader.Kind kind, long timestamp, long collectionId, int shard, long bodyBytes) {
    long length = HEADER + bodyBytes;
    if (length > LENGTH_MAX) {
      throw new IllegalArgumentException(
          "log record of "
              + length
              + " bytes, the limit is "
              + LENGTH_MAX
              + ": write fewer rows at once");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putShort(MAGIC).put(VERSION).put((byte) kind.number()).putInt(0).putInt((int) length);
    return buffer.putInt(shard).putLong(timestamp).putLong(collectionId);
  }

  @SuppressWarnings("ByteBufferBackingArray") // start() allocated it: the array is the record
  private static byte[] finish(ByteBuffer buffer) {
    if (buffer.hasRemaining()) {
      throw new IllegalStateException(
          buffer.remaining() + " bytes of a log record were not written");
    }
    byte[] bytes = buffer.array();
    buffer.putInt(CRC_AT, crc(bytes));
    return bytes;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_AT);
    crc.update(bytes, CRC_FROM, bytes.length - CRC_FROM);
    return (int) crc.getValue();
  }

  /**
   * Reads the header only; the checksum is not verified.
   *
   * @throws CorruptRecordException for another magic, version, kind or length
   */
  public static LogHeader header(byte[] bytes) {
    if (bytes.length < HEADER) {
      throw new CorruptRecordException(
          "record of " + bytes.length + " bytes, a header has " + HEADER);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.getShort(0) != MAGIC) {
      throw new CorruptRecordException(
          "record does not start with the magic number but with " + buffer.getShort(0));
    }
    if (buffer.get(2) != VERSION) {
      throw new CorruptRecordException(
          "record of version " + buffer.get(2) + ", this Tidemark reads version " + VERSION);
    }
    if (buffer.getInt(8) != bytes.length) {
      throw new CorruptRecordException(
          "record says " + buffer.getInt(8) + " bytes and has " + bytes.length);
    }
    LogHeader.Kind kind = LogHeader.Kind.ofNumber(buffer.get(3));
    return new LogHeader(kind, buffer.getLong(16), buffer.getLong(24), buffer.getInt(12));
  }

  /**
   * Reads a record; its columns are views of {@code bytes}, which the caller gives away.
   *
   * @throws CorruptRecordException as {@link #header}, and for a wrong checksum or body
   */
  public static LogRecord decode(byte[] bytes) {
    LogHeader header = header(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int expected = buffer.getInt(CRC_AT);
    if (expected != crc(bytes)) {
      throw new CorruptRecordException(
          "record of "
              + bytes.length
              + " bytes has checksum "
              + crc(bytes)
              + ", expected "
              + expected);
    }
    try {
      return body(header, buffer.position(HEADER));
    } catch (IllegalArgumentException | BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new CorruptRecordException(
          "record of kind " + header.kind() + " has a body that does not fit: " + e.getMessage());
    }
  }

  private static LogRecord body(LogHeader header, ByteBuffer buffer) {
    long timestamp = header.timestamp();
    long collection = header.collectionId();
    int shard = header.shard();
    return switch (header.kind()) {
      case INSERT -> {
        int schemaVersion = buffer.getInt();
        boolean upsert = (buffer.getInt() & UPSERT) != 0;
        String partition = text(buffer);
        buffer.position((int) padded(buffer.position()));
        yield new LogRecord.Insert(
            timestamp,
            collection,
            shard,
            partition,
            schemaVersion,
            upsert,
            ColumnCodec.decode(buffer));
      }
      case DELETE -> {
        String partition = text(buffer);
        buffer.position((int) padded(buffer.position()));
        Column keys =
            ColumnCodec.decode(buffer)
                .column(KEYS_FIELD)
                .orElseThrow(() -> new CorruptRecordException("a delete without keys"));
        yield new LogRecord.Delete(timestamp, collection, shard, partition, keys);
      }
      case TIME_TICK -> new LogRecord.TimeTick(timestamp);
      case FLUSH -> new LogRecord.Flush(timestamp, collection, shard);
      case DROP_COLLECTION -> new LogRecord.DropCollection(timestamp, collection, shard);
      case DROP_PARTITION ->
          new LogRecord.DropPartition(timestamp, collection, shard, text(buffer));
    };
  }

  private static String text(ByteBuffer buffer) {
    int length = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new CorruptRecordException(
          "text of " + length + " bytes where " + buffer.remaining() + " are left");
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static long padded(long bytes) {
    return bytes + 7 & ~7L;
  }
}
