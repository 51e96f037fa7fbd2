package io.tidemark.engine.index.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * How a blob begins: eight letters and the version of what follows them, an int64 and an int32.
 *
 * @param letters eight, of ASCII
 * @param what it is, as errors call it, such as {@code graph}
 * @param headerBytes with letters and version, the least that a blob has before its checksum
 */
public record BlobFormat(String letters, int version, String what, int headerBytes) {
  public BlobFormat {
    if (letters.length() != Long.BYTES) {
      throw new IllegalArgumentException("'" + letters + "' are not eight letters");
    }
  }

  private long magic() {
    return ByteBuffer.wrap(letters.getBytes(StandardCharsets.US_ASCII))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong();
  }

  /** Begins a blob at {@code offset}. */
  public BlobOutput write(FileChannel channel, long offset) throws IOException {
    BlobOutput out = new BlobOutput(channel, offset);
    out.putLong(magic());
    out.putInt(version);
    return out;
  }

  /**
   * What follows letters and version.
   *
   * @throws IOException if the blob is cut off, something else, or of another version
   */
  public BlobInput read(FileChannel channel, long offset, long length) throws IOException {
    BlobInput in = new BlobInput(channel, offset, length, what, headerBytes);
    if (in.getLong() != magic()) {
      throw new IOException("no " + what + " at offset " + offset + ": its first bytes differ");
    }
    in.expect("version", version);
    return in;
  }
}
