package io.tidemark.stores.puffin;

import java.util.Map;

/**
 * Where a blob lies in its container.
 *
 * @param type says how to read the bytes
 * @param fieldId of the collection's field it belongs to
 * @param offset from the beginning of the file, a multiple of {@link PuffinWriter#ALIGNMENT} in
 *     files of ours
 * @param length in bytes, uncompressed
 */
public record PuffinBlob(
    String type, int fieldId, long offset, long length, Map<String, String> properties) {
  public PuffinBlob {
    properties = Map.copyOf(properties);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("blob of " + length + " bytes at " + offset);
    }
  }
}
