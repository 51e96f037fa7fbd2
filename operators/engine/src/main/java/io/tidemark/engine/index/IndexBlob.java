package io.tidemark.engine.index;

import java.io.IOException;
import java.nio.file.Path;
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

  /**
   * @throws IOException naming both, if the blob is of another format or version than is read here
   */
  public void expect(String format) throws IOException {
    String found = properties.get(BuiltIndex.FORMAT);
    if (!format.equals(found)) {
      throw new IOException(file + ": blob is of format " + found + ", expected " + format);
    }
  }
}
