package io.tidemark.model.log;

/**
 * A log record on its way through a stream processor: where it was read, its header in the clear
 * and its bytes, whose checksum has been verified. A plain bean with public fields, so that engines
 * can copy and key it without knowing it. Not to be changed once emitted.
 */
public final class LogEvent {
  private static final byte[] NO_BYTES = new byte[0];

  /** The log partition it was read from. */
  public int pchannel;

  /** Its offset there. */
  public long offset;

  /** {@link LogHeader.Kind#number()}. */
  public byte kind;

  /** Hybrid. */
  public long timestamp;

  /** 0 for a TimeTick. */
  public long collectionId;

  /** 0 for a TimeTick. */
  public int shard;

  /** Rows of an insert or keys of a delete, else 0. */
  public int rows;

  /** The whole record as {@link LogRecordCodec} wrote it; empty for a TimeTick. */
  public byte[] bytes = NO_BYTES;

  public LogEvent() {}

  /**
   * Verifies the bytes.
   *
   * @throws CorruptRecordException if they are no record
   */
  public static LogEvent read(int pchannel, long offset, byte[] bytes) {
    LogRecord record = LogRecordCodec.decode(bytes);
    LogHeader header = LogRecordCodec.header(bytes);
    LogEvent event = new LogEvent();
    event.pchannel = pchannel;
    event.offset = offset;
    event.kind = (byte) header.kind().number();
    event.timestamp = header.timestamp();
    event.collectionId = header.collectionId();
    event.shard = header.shard();
    switch (record) {
      case LogRecord.TimeTick tick -> {
        return event;
      }
      case LogRecord.Insert insert -> event.rows = insert.rows().size();
      case LogRecord.Delete delete -> event.rows = delete.keys().size();
      case LogRecord.Flush flush -> event.rows = 0;
      case LogRecord.DropCollection drop -> event.rows = 0;
      case LogRecord.DropPartition drop -> event.rows = 0;
    }
    event.bytes = bytes;
    return event;
  }

  public LogHeader.Kind kind() {
    return LogHeader.Kind.ofNumber(kind);
  }
}
