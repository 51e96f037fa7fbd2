package io.tidemark.stores.lake;

import java.util.List;
import java.util.Set;

/**
 * A live data file of one snapshot, with the deletes that hit it there. Ask the {@link LakeTable}
 * it came from with the very instance that the snapshot holds.
 *
 * @param path location
 * @param rows in the file, deleted ones included
 * @param sequenceNumber the data sequence number: deletes with a greater one hit it
 * @param addedTimestamp hybrid: when the snapshot that added its rows was committed; what rows of
 *     other engines have as their timestamp
 * @param partition {@code _default} if the file does not tell or holds rows of several
 * @param severalPartitions whether rows of others than {@code partition} may be in it
 * @param shard -1 if the file does not tell or holds rows of several
 * @param deletes that hit this file, oldest first
 */
public record LakeFile(
    String path,
    long rows,
    long bytes,
    long sequenceNumber,
    long addedTimestamp,
    String partition,
    boolean severalPartitions,
    int shard,
    List<DeleteRef> deletes) {
  /** The shard of rows that no shard's log carried. */
  public static final int SHARD_UNKNOWN = -1;

  public LakeFile {
    deletes = List.copyOf(deletes);
  }

  /** A file of one partition. */
  public LakeFile(
      String path,
      long rows,
      long bytes,
      long sequenceNumber,
      long addedTimestamp,
      String partition,
      int shard,
      List<DeleteRef> deletes) {
    this(path, rows, bytes, sequenceNumber, addedTimestamp, partition, false, shard, deletes);
  }

  /**
   * Whether rows of one of these partitions may be in it.
   *
   * @param partitions empty for all
   */
  public boolean mayHoldAny(Set<String> partitions) {
    return severalPartitions || partitions.isEmpty() || partitions.contains(partition);
  }
}
