package io.tidemark.stores.lake;

import java.util.Map;

/**
 * A state of a table that can still be read.
 *
 * @param snapshotId {@link LakeSnapshot#NONE} for the table before its first commit
 * @param committedMs when the snapshot was committed
 * @param positions per shard the hybrid timestamp up to which it is complete; a shard whose
 *     position nobody knows any more is left out
 * @param othersMs the newest commit time of any snapshot up to this one that changed rows and was
 *     not of the log: another engine's, rows past their time to live removed, or vectors made anew;
 *     0 if none is known
 */
public record LakeMoment(
    long snapshotId, long committedMs, Map<Integer, Long> positions, long othersMs) {
  public LakeMoment {
    positions = Map.copyOf(positions);
  }
}
