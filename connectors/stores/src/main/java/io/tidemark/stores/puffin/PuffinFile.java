package io.tidemark.stores.puffin;

import java.util.List;

/**
 * A container that was written.
 *
 * @param bytes its length
 * @param checksum CRC-32C of the whole file
 */
public record PuffinFile(long bytes, long checksum, List<PuffinBlob> blobs) {
  public PuffinFile {
    blobs = List.copyOf(blobs);
  }
}
