package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeSchemas.positionProperty;

import io.tidemark.model.collection.CollectionInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/** The states of a table that can still be read: its unexpired history, and tagged states. */
final class SnapshotHistory {
  private final TableMetadata metadata;
  private final CollectionInfo info;

  SnapshotHistory(TableMetadata metadata, CollectionInfo info) {
    this.metadata = metadata;
    this.info = info;
  }

  /** Newest first; last the empty table as it was created, if its whole history is there. */
  List<LakeMoment> moments() {
    boolean whole = true;
    SnapshotPositions positions = new SnapshotPositions(metadata, info);
    List<Snapshot> snapshots = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    for (Snapshot s = metadata.currentSnapshot(); s != null; s = parent(s)) {
      if (seen.add(s.snapshotId())) {
        snapshots.add(s);
      }
      whole = s.parentId() == null;
    }
    for (SnapshotRef ref : metadata.refs().values()) {
      Snapshot tagged = metadata.snapshot(ref.snapshotId());
      if (ref.isTag() && tagged != null && seen.add(tagged.snapshotId())) {
        snapshots.add(tagged);
      }
    }
    snapshots.sort(Comparator.comparingLong(Snapshot::sequenceNumber).reversed());
    List<LakeMoment> moments = new ArrayList<>();
    for (Snapshot snapshot : snapshots) {
      moments.add(
          new LakeMoment(
              snapshot.snapshotId(),
              snapshot.timestampMillis(),
              positions.of(snapshot),
              othersMs(snapshot)));
    }
    if (whole) {
      moments.add(created());
    }
    return moments;
  }

  private LakeMoment created() {
    Map<Integer, Long> positions = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      positions.put(shard, info.createdTimestamp());
    }
    return new LakeMoment(LakeSnapshot.NONE, 0, positions, 0);
  }

  private long othersMs(Snapshot snapshot) {
    for (Snapshot s = snapshot; s != null; s = parent(s)) {
      // Commit times never go back along a table's history, so the first met is the newest.
      if (changesRows(s) && !isOfTheLog(s)) {
        return s.timestampMillis();
      }
    }
    return 0;
  }

  private static boolean changesRows(Snapshot snapshot) {
    return !DataOperations.REPLACE.equals(snapshot.operation())
        || snapshot.summary().containsKey(RewriteCommitter.NEW_VALUES);
  }

  private boolean isOfTheLog(Snapshot snapshot) {
    for (int shard = 0; shard < info.shards(); shard++) {
      if (snapshot.summary().containsKey(positionProperty(shard))) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Snapshot parent(Snapshot snapshot) {
    Long parent = snapshot.parentId();
    return parent == null ? null : metadata.snapshot(parent);
  }
}
