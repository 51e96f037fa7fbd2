package io.tidemark.engine.index.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Writes an index's bytes: buffered, little-endian, and the CRC-32C of everything before it as an
 * int64 at the end. For one thread.
 */
public final class BlobOutput {
  private static final int CHUNK_BYTES = 1 << 18;

  private final FileChannel channel;
  private final ByteBuffer buffer = chunk();
  private final CRC32C checksum = new CRC32C();
  private long position;

  public BlobOutput(FileChannel channel, long position) {
    this.channel = channel;
    this.position = position;
  }

  public void putInt(int value) throws IOException {
    room(4);
    buffer.putInt(value);
  }

  public void putLong(long value) throws IOException {
    room(8);
    buffer.putLong(value);
  }

  public void putInts(int[] values) throws IOException {
    int done = 0;
    while (done < values.length) {
      room(4);
      int count = Math.min(values.length - done, buffer.remaining() / 4);
      buffer.asIntBuffer().put(values, done, count);
      buffer.position(buffer.position() + 4 * count);
      done += count;
    }
  }

  public void putFloats(float[] values) throws IOException {
    int done = 0;
    while (done < values.length) {
      room(4);
      int count = Math.min(values.length - done, buffer.remaining() / 4);
      buffer.asFloatBuffer().put(values, done, count);
      buffer.position(buffer.position() + 4 * count);
      done += count;
    }
  }

  public void putLongs(long[] values) throws IOException {
    int done = 0;
    while (done < values.length) {
      room(8);
      int count = Math.min(values.length - done, buffer.remaining() / 8);
      buffer.asLongBuffer().put(values, done, count);
      buffer.position(buffer.position() + 8 * count);
      done += count;
    }
  }

  public void putBytes(byte[] values) throws IOException {
    putBytes(values, 0);
  }

  /** Those from {@code lead} on. */
  public void putBytes(byte[] values, int lead) throws IOException {
    int done = lead;
    while (done < values.length) {
      room(1);
      int count = Math.min(values.length - done, buffer.remaining());
      buffer.put(values, done, count);
      done += count;
    }
  }

  /** Appends the checksum and returns the position behind it. */
  public long finish() throws IOException {
    flush();
    buffer.putLong(checksum.getValue());
    flush();
    return position;
  }

  private void room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    checksum.update(buffer.duplicate());
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
    buffer.clear();
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
