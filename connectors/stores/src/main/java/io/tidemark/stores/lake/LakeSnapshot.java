package io.tidemark.stores.lake;

import java.util.List;
import java.util.Map;

/**
 * What a table holds at one moment.
 *
 * @param snapshotId Iceberg's, {@link #NONE} for a table that never had one
 * @param sequenceNumber Iceberg's, 0 for none
 * @param timestampMs when it was committed, 0 for none
 * @param positions per shard the hybrid timestamp up to which the snapshot is complete
 * @param files in no order that means anything
 */
public record LakeSnapshot(
    long snapshotId,
    long sequenceNumber,
    long timestampMs,
    Map<Integer, Long> positions,
    List<LakeFile> files) {
  public static final long NONE = -1;

  public LakeSnapshot {
    positions = Map.copyOf(positions);
    files = List.copyOf(files);
  }
}
