package io.tidemark.serving.read.cache;

import io.tidemark.model.column.BooleanColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnCodec;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A column cache file: the rows of one data file, to be mapped. Little-endian throughout.
 *
 * <pre>
 * file := magic:int32 = 0x43434D54 ("TMCC")  version:int32 = 1  length:int64  rows:int32  crc:int32  zero:int64  batch
 * </pre>
 *
 * {@code length} is the bytes of {@code batch}, which ends the file; {@code crc} is CRC-32C over
 * them; {@code batch} is {@link ColumnCodec}'s. Besides the collection's fields it has columns with
 * ids below {@link FieldSchema#FIRST_ID}: {@value #TIMESTAMPS} INT64, the rows' hybrid timestamps;
 * {@value #REJECTED} BOOL, only if a row is rejected; {@value #PARTITIONS} VARCHAR, only if the
 * rows are of several partitions. A file is written under another name and renamed, so a torn one
 * is never seen but after a crash of the machine; the checksum finds that.
 */
final class ColumnCacheFile {
  static final int TIMESTAMPS = 1;
  static final int REJECTED = 2;
  static final int PARTITIONS = 3;

  private static final int MAGIC = 0x43434D54;
  private static final int VERSION = 1;
  private static final int HEADER = 32;
  private static final int LENGTH_AT = 8;
  private static final int ROWS_AT = 16;
  private static final int CRC_AT = 20;
  private static final int ZERO_AT = 24;

  private ColumnCacheFile() {}

  /** How long the file of these rows is. */
  static long bytes(FileRows rows) {
    return HEADER + ColumnCodec.encodedSize(withHidden(rows));
  }

  /**
   * @throws IOException if it cannot be written, or would pass 2 GiB, the most that can be mapped
   *     at once
   */
  static void write(Path file, FileRows rows) throws IOException {
    EntityBatch batch = withHidden(rows);
    long bytes = HEADER + ColumnCodec.encodedSize(batch);
    if (bytes > Integer.MAX_VALUE) {
      throw new IOException(
          "the columns of a data file of "
              + rows.size()
              + " rows take "
              + bytes
              + " bytes, the limit is "
              + Integer.MAX_VALUE
              + ": have the table's files rewritten with a smaller write.target-file-size-bytes");
    }
    Path temporary = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer target =
          channel
              .map(FileChannel.MapMode.READ_WRITE, 0, bytes)
              .order(ByteOrder.LITTLE_ENDIAN)
              .position(HEADER);
      ColumnCodec.encode(batch, target);
      target.putInt(0, MAGIC).putInt(4, VERSION).putLong(LENGTH_AT, bytes - HEADER);
      target.putInt(ROWS_AT, rows.size()).putInt(CRC_AT, crc(target));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Maps a file and verifies it whole.
   *
   * @throws IOException if it is not exactly what {@link #write} leaves
   */
  static FileRows open(Path file) throws IOException {
    ByteBuffer source;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long bytes = channel.size();
      if (bytes < HEADER || bytes > Integer.MAX_VALUE) {
        throw new IOException(bytes + " bytes long, expected " + HEADER + " to 2 GiB");
      }
      source = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    if (source.getInt(0) != MAGIC || source.getInt(4) != VERSION) {
      throw new IOException(
          "starts with " + source.getInt(0) + ", version " + source.getInt(4) + "; not ours");
    }
    if (source.getLong(LENGTH_AT) != source.capacity() - HEADER) {
      throw new IOException(
          "says " + source.getLong(LENGTH_AT) + " bytes, has " + (source.capacity() - HEADER));
    }
    if (source.getInt(CRC_AT) != crc(source)) {
      throw new IOException("has another checksum than it says");
    }
    try {
      EntityBatch batch = ColumnCodec.decode(source.position(HEADER));
      if (source.getInt(ROWS_AT) != batch.size() || source.getLong(ZERO_AT) != 0) {
        throw new IOException("has another number of rows than it says, or is of a newer kind");
      }
      return withoutHidden(batch);
    } catch (RuntimeException e) {
      throw new IOException("does not decode: " + e.getMessage(), e);
    }
  }

  private static int crc(ByteBuffer file) {
    CRC32C crc = new CRC32C();
    crc.update(file.duplicate().position(HEADER).limit(file.capacity()));
    return (int) crc.getValue();
  }

  private static EntityBatch withHidden(FileRows rows) {
    Map<Integer, Column> columns = new TreeMap<>(rows.batch().columns());
    columns.put(TIMESTAMPS, rows.timestamps());
    if (!rows.rejected().isEmpty()) {
      boolean[] rejected = new boolean[rows.size()];
      rows.rejected().stream().forEach(row -> rejected[row] = true);
      columns.put(REJECTED, BooleanColumn.of(rejected, null));
    }
    Column partitions = rows.partitions();
    if (partitions != null) {
      columns.put(PARTITIONS, partitions);
    }
    return new EntityBatch(rows.size(), columns);
  }

  private static FileRows withoutHidden(EntityBatch batch) throws IOException {
    if (!(batch.columns().get(TIMESTAMPS) instanceof LongColumn timestamps)) {
      throw new IOException("has no timestamps");
    }
    BitSet rejected = new BitSet();
    if (batch.columns().get(REJECTED) instanceof BooleanColumn column) {
      for (int row = 0; row < batch.size(); row++) {
        rejected.set(row, column.get(row));
      }
    }
    Column partitions = batch.columns().get(PARTITIONS);
    Map<Integer, Column> fields = new TreeMap<>(batch.columns());
    fields.keySet().removeIf(id -> id < FieldSchema.FIRST_ID);
    return new FileRows(new EntityBatch(batch.size(), fields), timestamps, rejected, partitions);
  }
}
