package io.tidemark.stores.puffin;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The table of contents of a Puffin file with uncompressed blobs; the blobs themselves are for the
 * caller to map. Immutable.
 */
public final class PuffinReader {
  private static final int CHECKSUM_BUFFER = 1 << 20;

  private final Path file;
  private final List<PuffinBlob> blobs;

  private PuffinReader(Path file, List<PuffinBlob> blobs) {
    this.file = file;
    this.blobs = List.copyOf(blobs);
  }

  /**
   * @throws IOException if the file is incomplete, no Puffin file, or has compressed parts
   */
  public static PuffinReader open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      int magicBytes = PuffinFooter.MAGIC.length;
      if (size < 2L * magicBytes + PuffinFooter.TAIL_BYTES) {
        throw new IOException(file + " is no Puffin file: " + size + " bytes");
      }
      requireMagic(file, channel, 0);
      requireMagic(file, channel, size - magicBytes);
      ByteBuffer tail = read(channel, size - PuffinFooter.TAIL_BYTES, PuffinFooter.TAIL_BYTES);
      int payloadBytes = tail.getInt();
      int flags = tail.getInt();
      long payloadAt = size - PuffinFooter.TAIL_BYTES - payloadBytes;
      if (flags != 0 || payloadBytes < 0 || payloadAt < 2L * magicBytes) {
        throw new IOException(
            file + " has a footer of " + payloadBytes + " bytes with flags " + flags);
      }
      requireMagic(file, channel, payloadAt - magicBytes);
      List<PuffinBlob> blobs = PuffinFooter.decode(read(channel, payloadAt, payloadBytes).array());
      for (PuffinBlob blob : blobs) {
        if (blob.offset() < magicBytes || blob.length() > payloadAt - magicBytes - blob.offset()) {
          throw new IOException(file + " ends before its blob " + blob);
        }
      }
      return new PuffinReader(file, blobs);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " has an unreadable footer: " + e.getMessage(), e);
    }
  }

  private static void requireMagic(Path file, FileChannel channel, long offset) throws IOException {
    byte[] found = read(channel, offset, PuffinFooter.MAGIC.length).array();
    if (!Arrays.equals(found, PuffinFooter.MAGIC)) {
      throw new IOException(
          file + " is no whole Puffin file: at " + offset + " is " + Arrays.toString(found));
    }
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("file ends at " + (offset + bytes.position()));
      }
    }
    return bytes.flip();
  }

  public Path file() {
    return file;
  }

  /** In file order. */
  public List<PuffinBlob> blobs() {
    return blobs;
  }

  /** CRC-32C of a whole file. */
  public static long checksum(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHECKSUM_BUFFER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        checksum.update(buffer.flip());
        buffer.clear();
      }
    }
    return checksum.getValue();
  }
}
