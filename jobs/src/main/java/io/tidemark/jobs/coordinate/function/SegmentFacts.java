package io.tidemark.jobs.coordinate.function;

/**
 * What the observer has seen of a segment.
 *
 * @param key of its first data file
 * @param segmentId 0 until it is registered
 */
public record SegmentFacts(
    long collectionId,
    String key,
    long segmentId,
    String partition,
    int shard,
    long rows,
    int files,
    Seen seen) {
  /** How a segment looks from outside. */
  public enum Seen {
    OPEN,
    SEALED,
    INDEXED,
    GONE
  }

  public static SegmentFacts gone(long collectionId, String key) {
    return new SegmentFacts(collectionId, key, 0, "", 0, 0, 0, Seen.GONE);
  }

  public String address() {
    return collectionId + "/" + key;
  }
}
