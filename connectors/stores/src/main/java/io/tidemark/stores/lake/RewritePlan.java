package io.tidemark.stores.lake;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What a rewrite was worked out from: it tells whether the rewrite still holds, however much later,
 * when the snapshot itself may have expired.
 *
 * @param snapshotId the snapshot that the removed files were read from, with their deletes
 * @param sequenceNumber that snapshot's
 * @param removed locations of the data files that are to go
 * @param deletes locations of the delete files that hit them there
 */
public record RewritePlan(
    long snapshotId, long sequenceNumber, Set<String> removed, Set<String> deletes) {
  public RewritePlan {
    removed = Set.copyOf(removed);
    deletes = Set.copyOf(deletes);
  }

  /**
   * @param removed files of {@code snapshot}
   */
  public static RewritePlan of(LakeSnapshot snapshot, Collection<LakeFile> removed) {
    Set<String> locations = new HashSet<>();
    Set<String> deletes = new HashSet<>();
    for (LakeFile file : removed) {
      locations.add(file.path());
      file.deletes().forEach(delete -> deletes.add(delete.path()));
    }
    return new RewritePlan(snapshot.snapshotId(), snapshot.sequenceNumber(), locations, deletes);
  }
}
