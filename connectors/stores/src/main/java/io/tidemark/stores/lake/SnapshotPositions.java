package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeSchemas.positionProperty;

import io.tidemark.model.collection.CollectionInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How far old snapshots are complete. A commit tells only its own shard's position; the others' are
 * its ancestors', which may have expired. Then the snapshots after it tell: the next commit of the
 * shard says from where on it brought the log. Of tagged snapshots the tag knows.
 */
final class SnapshotPositions {
  private final TableMetadata metadata;
  private final CollectionInfo info;

  SnapshotPositions(TableMetadata metadata, CollectionInfo info) {
    this.metadata = metadata;
    this.info = info;
  }

  /** In a commit's summary: the shard's position before it. */
  static String fromProperty(int shard) {
    return "tidemark.from." + shard;
  }

  /** Per shard; a shard whose position nobody knows any more is left out. */
  Map<Integer, Long> of(Snapshot snapshot) {
    Map<Integer, Long> positions = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      int each = shard;
      before(snapshot, shard)
          .or(() -> after(snapshot, each))
          .ifPresent(position -> positions.put(each, position));
    }
    for (SnapshotTag tag : TagProperties.decodeAll(metadata, info)) {
      if (tag.snapshotId() == snapshot.snapshotId()) {
        tag.positions().forEach((shard, position) -> positions.merge(shard, position, Math::max));
      }
    }
    return positions;
  }

  /** The nearest ancestor's that has one: other engines' snapshots inherit their parent's. */
  private Optional<Long> before(Snapshot snapshot, int shard) {
    Snapshot last = snapshot;
    for (Snapshot s = snapshot; s != null; s = parent(s)) {
      String position = s.summary().get(positionProperty(shard));
      if (position != null) {
        return Optional.of(Long.parseLong(position));
      }
      last = s;
    }
    return last.parentId() == null ? Optional.of(info.createdTimestamp()) : Optional.empty();
  }

  private Optional<Long> after(Snapshot snapshot, int shard) {
    List<Snapshot> newer = new ArrayList<>();
    Snapshot s = metadata.currentSnapshot();
    while (s != null && s.snapshotId() != snapshot.snapshotId()) {
      newer.add(s);
      s = parent(s);
    }
    if (s == null) {
      return Optional.empty();
    }
    for (Snapshot next : newer.reversed()) {
      if (next.summary().containsKey(positionProperty(shard))) {
        return Optional.ofNullable(next.summary().get(fromProperty(shard))).map(Long::parseLong);
      }
    }
    return Optional.of(LakeTable.position(metadata, info, shard));
  }

  private @Nullable Snapshot parent(Snapshot snapshot) {
    Long parent = snapshot.parentId();
    return parent == null ? null : metadata.snapshot(parent);
  }
}
