package io.tidemark.stores.puffin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A blob to be written.
 *
 * @param fieldId of the collection's field it belongs to
 * @param content writes the bytes
 * @param properties asked for once the bytes are written
 */
public record BlobSource(
    String type, int fieldId, Content content, Supplier<Map<String, String>> properties) {
  /** Writes a blob's bytes where it is told to. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes from {@code offset} on and touches nothing before it.
     *
     * @param file exists and is at least {@code offset} long
     * @return bytes written
     */
    long writeTo(Path file, long offset) throws IOException;
  }
}
