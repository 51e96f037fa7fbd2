package io.tidemark.engine.index.blob;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Reads what {@link BlobOutput} wrote: bounded by the blob's length, and checked against the
 * checksum at its end. For one thread.
 */
public final class BlobInput {
  private static final int CHUNK_BYTES = 1 << 18;
  private static final int CHECKSUM_BYTES = 8;

  private final String what;

  private final FileChannel channel;
  private final ByteBuffer buffer = chunk().limit(0);
  private final CRC32C checksum = new CRC32C();
  private final long end;
  private long position;

  /**
   * @param what it is, as errors call it, such as {@code graph}
   * @param headerBytes the least that there must be before the checksum
   * @throws EOFException if the file or the blob is too short
   */
  public BlobInput(FileChannel channel, long offset, long length, String what, int headerBytes)
      throws IOException {
    this.what = what;
    this.channel = channel;
    this.position = offset;
    this.end = offset + length - CHECKSUM_BYTES;
    if (offset < 0 || length < headerBytes + CHECKSUM_BYTES || end > channel.size()) {
      throw new EOFException(
          what + " of " + length + " bytes at " + offset + " of a file of " + channel.size());
    }
  }

  public int getInt() throws IOException {
    need(4);
    return buffer.getInt();
  }

  public long getLong() throws IOException {
    need(8);
    return buffer.getLong();
  }

  /** {@code count + 1} offsets, ascending from 0. */
  public int[] getOffsets(int count) throws IOException {
    int[] offsets = getInts(count + 1L);
    int previous = 0;
    for (int offset : offsets) {
      if (offset < previous) {
        throw new IOException(
            what + "'s offsets are out of order: " + offset + " after " + previous);
      }
      previous = offset;
    }
    if (offsets[0] != 0) {
      throw new IOException(what + "'s first offset is " + offsets[0] + ", expected 0");
    }
    return offsets;
  }

  /** So many row ordinals, each below {@code rows}. */
  public int[] getRows(int count, int rows) throws IOException {
    int[] values = getInts(count);
    for (int value : values) {
      if (value < 0 || value >= rows) {
        throw new IOException(what + " names row " + value + " of " + rows);
      }
    }
    return values;
  }

  /**
   * @throws IOException if bytes are left, or the checksum does not match
   */
  public void finish() throws IOException {
    if (buffer.hasRemaining() || position != end) {
      throw new IOException(
          (end - position + buffer.remaining()) + " bytes too many in the " + what);
    }
    ByteBuffer stored = ByteBuffer.allocate(CHECKSUM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fill(stored, end);
    if (stored.getLong() != checksum.getValue()) {
      throw new IOException(what + "'s checksum does not match: the file is damaged");
    }
  }

  public float[] getFloats(long count) throws IOException {
    expectRoom(count, 4);
    float[] values = new float[(int) count];
    int done = 0;
    while (done < values.length) {
      need(4);
      int some = Math.min(values.length - done, buffer.remaining() / 4);
      buffer.asFloatBuffer().get(values, done, some);
      buffer.position(buffer.position() + 4 * some);
      done += some;
    }
    return values;
  }

  public long[] getLongs(long count) throws IOException {
    expectRoom(count, 8);
    long[] values = new long[(int) count];
    int done = 0;
    while (done < values.length) {
      need(8);
      int some = Math.min(values.length - done, buffer.remaining() / 8);
      buffer.asLongBuffer().get(values, done, some);
      buffer.position(buffer.position() + 8 * some);
      done += some;
    }
    return values;
  }

  public byte[] getBytes(long count) throws IOException {
    return getBytes(count, 0);
  }

  /**
   * @param lead bytes to leave free before them
   */
  public byte[] getBytes(long count, int lead) throws IOException {
    expectRoom(count, 1);
    byte[] values = new byte[Math.addExact((int) count, lead)];
    int done = lead;
    while (done < values.length) {
      need(1);
      int some = Math.min(values.length - done, buffer.remaining());
      buffer.get(values, done, some);
      done += some;
    }
    return values;
  }

  /**
   * @throws IOException naming both, if the next number is another than expected
   */
  public void expect(String of, int expected) throws IOException {
    int found = getInt();
    if (expected != found) {
      throw new IOException(what + "'s " + of + " is " + found + ", expected " + expected);
    }
  }

  private void expectRoom(long count, int bytes) throws IOException {
    if (count < 0 || bytes * count > end - position + buffer.remaining()) {
      throw new EOFException(what + " is cut off: " + count + " numbers expected");
    }
  }

  public int[] getInts(long count) throws IOException {
    expectRoom(count, 4);
    int[] values = new int[(int) count];
    int done = 0;
    while (done < values.length) {
      need(4);
      int some = Math.min(values.length - done, buffer.remaining() / 4);
      buffer.asIntBuffer().get(values, done, some);
      buffer.position(buffer.position() + 4 * some);
      done += some;
    }
    return values;
  }

  private void need(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    buffer.compact();
    int kept = buffer.position();
    buffer.limit((int) Math.min(buffer.capacity(), kept + end - position));
    int wanted = buffer.remaining();
    if (kept + wanted < bytes) {
      throw new EOFException(what + " is cut off");
    }
    fill(buffer, position);
    position += wanted;
    checksum.update(buffer.duplicate().position(kept));
  }

  private void fill(ByteBuffer target, long from) throws IOException {
    int start = target.position();
    while (target.hasRemaining()) {
      if (channel.read(target, from + target.position() - start) < 0) {
        throw new EOFException(what + " is cut off by the end of the file");
      }
    }
    target.flip();
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
