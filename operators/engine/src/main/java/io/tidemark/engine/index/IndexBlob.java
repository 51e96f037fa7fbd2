package io.tidemark.engine.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Where an index lies in a file.
 *
 * @param offset where the blob starts
 * @param length its bytes
 * @param properties as {@link BuiltIndex#properties()} gave them
 */
public record IndexBlob(Path file, long offset, long length, Map<String, String> properties) {
  public IndexBlob {
    properties = Map.copyOf(properties);
  }

  /** Reads a blob's bytes. */
  public interface Reader<T> {
    T read(FileChannel channel, long offset, long length) throws IOException;
  }

  /**
   * What the blob holds.
   *
   * @param format that it is to be of, as {@link BuiltIndex#format()} has it
   * @throws IOException naming the file, if the blob is of another format or version, which are
   *     named too, or cannot be read
   */
  public <T> T read(String format, Reader<T> reader) throws IOException {
    String found = properties.get(BuiltIndex.FORMAT);
    if (!format.equals(found)) {
      throw new IOException(file + ": blob is of format " + found + ", expected " + format);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return reader.read(channel, offset, length);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
