package io.tidemark.stores.puffin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Writes a Puffin container of uncompressed blobs that can be mapped. Blobs go straight to the
 * file, so they may be larger than the heap. The file appears under its name when it is complete
 * and on disk.
 */
public final class PuffinWriter {
  /** Blobs start at multiples of this: a page, so that they can be mapped alone. */
  public static final int ALIGNMENT = 4096;

  private PuffinWriter() {}

  /**
   * @param file replaced if it exists; folders are made
   * @param sources in this order
   */
  public static PuffinFile write(Path file, List<BlobSource> sources) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    Path temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      List<PuffinBlob> blobs = writeAll(temporary, sources);
      long bytes = Files.size(temporary);
      long checksum = PuffinReader.checksum(temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new PuffinFile(bytes, checksum, blobs);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static List<PuffinBlob> writeAll(Path file, List<BlobSource> sources) throws IOException {
    List<PuffinBlob> blobs = new ArrayList<>();
    append(file, 0, ByteBuffer.wrap(PuffinFooter.MAGIC));
    long end = PuffinFooter.MAGIC.length;
    for (BlobSource source : sources) {
      long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      // The file reaches up to the blob, whatever way its writer opens it.
      append(file, end, ByteBuffer.allocate(Math.toIntExact(offset - end)));
      long length = source.content().writeTo(file, offset);
      end = offset + length;
      if (Files.size(file) < end) {
        throw new IOException(
            "blob " + source.type() + " claims " + length + " bytes, but " + file + " ends before");
      }
      blobs.add(
          new PuffinBlob(
              source.type(), source.fieldId(), offset, length, source.properties().get()));
    }
    append(file, end, PuffinFooter.encode(blobs));
    return blobs;
  }

  private static void append(Path file, long offset, ByteBuffer bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // What a blob's writer has left behind its claimed end is none of the file's.
      channel.truncate(offset);
      long position = offset;
      while (bytes.hasRemaining()) {
        position += channel.write(bytes, position);
      }
      channel.force(true);
    }
  }
}
