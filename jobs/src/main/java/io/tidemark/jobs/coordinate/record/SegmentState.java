package io.tidemark.jobs.coordinate.record;

/**
 * One segment; JSON under {@code state/segment/COLLECTION_ID/KEY}.
 *
 * @param key of its first data file, which it keeps for life
 * @param segmentId hybrid timestamp, 0 until it is registered
 * @param rows deleted ones included
 * @param sinceMs wall clock: in this phase since
 */
public record SegmentState(
    long collectionId,
    String key,
    long segmentId,
    String partition,
    int shard,
    long rows,
    int files,
    Phase phase,
    long sinceMs) {
  /** The life of a segment. */
  public enum Phase {
    /** Committed rows that no index covers; more may join them. */
    GROWING,
    /** It is large or old enough, or somebody asked: it waits for its index, or for a new one. */
    SEALED,
    /** A job builds its index. */
    INDEXING,
    /** Every index that is defined covers it. */
    INDEXED,
    /** Its files are no longer live: merged into another segment, or dropped. */
    DROPPED
  }

  /** The same in another phase; in the same, since when it is. */
  public SegmentState in(Phase other, long nowMs) {
    return new SegmentState(
        collectionId,
        key,
        segmentId,
        partition,
        shard,
        rows,
        files,
        other,
        other == phase ? sinceMs : nowMs);
  }
}
