package io.tidemark.stores.puffin;

import io.tidemark.model.lake.SegmentIndex;
import java.util.HashMap;
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
  private static final String INDEX_ID = "index-id";

  public PuffinBlob {
    properties = Map.copyOf(properties);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("blob of " + length + " bytes at " + offset);
    }
  }

  /** The properties with the id of the index definition that the blob is built for. */
  public static Map<String, String> withIndexId(Map<String, String> properties, long indexId) {
    Map<String, String> more = new HashMap<>(properties);
    more.put(INDEX_ID, Long.toString(indexId));
    return more;
  }

  /**
   * Whether it is the one that was registered: of that field and, since a file may hold two indexes
   * of a field, of that definition. Files of before do not tell the definition and have one.
   */
  public boolean isOf(SegmentIndex index) {
    return fieldId == index.fieldId()
        && properties
            .getOrDefault(INDEX_ID, Long.toString(index.indexId()))
            .equals(Long.toString(index.indexId()));
  }
}
