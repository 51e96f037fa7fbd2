package io.tidemark.serving.read.load;

import io.tidemark.model.column.Column;
import io.tidemark.serving.read.view.RowSegment;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies a snapshot's delete files to segments. Each file of deleted keys is read once. Use one
 * for one look at one snapshot; thread-safe.
 */
final class SnapshotDeletes {
  private final LakeTable table;
  private final Map<String, Column> keys = new ConcurrentHashMap<>();

  SnapshotDeletes(LakeTable table) {
    this.table = table;
  }

  /**
   * The segment's rows that the deletes of {@code plan}'s files leave.
   *
   * @param rejected rows that are out in any case
   * @param before the same segment under an earlier snapshot: if that only lacked some deletes,
   *     just those are applied; null for none
   */
  BitSet alive(SegmentPlan plan, RowSegment rows, BitSet rejected, @Nullable LoadedSegment before) {
    boolean grows = before != null && onlyLacks(before.plan(), plan);
    BitSet alive;
    if (before != null && grows) {
      alive = (BitSet) before.alive().clone();
    } else {
      alive = new BitSet(rows.size());
      alive.set(0, rows.size());
      alive.andNot(rejected);
    }
    Map<DeleteRef, BitSet> partsByDelete = new HashMap<>();
    for (int part = 0; part < plan.files().size(); part++) {
      LakeFile file = plan.files().get(part);
      Set<DeleteRef> missing = new HashSet<>(file.deletes());
      if (before != null && grows) {
        missing.removeAll(before.plan().files().get(part).deletes());
      }
      boolean byPosition = false;
      for (DeleteRef delete : missing) {
        if (delete.byPrimaryKey()) {
          partsByDelete.computeIfAbsent(delete, d -> new BitSet()).set(part);
        } else {
          byPosition = true;
        }
      }
      if (byPosition) {
        int start = rows.start(part);
        table.positionDeleted(file).stream().forEach(row -> alive.clear(start + row));
      }
    }
    partsByDelete.forEach((delete, parts) -> apply(keys(delete), parts, rows, alive));
    return alive;
  }

  /** Whether {@code now}'s files have all deletes that they had before. */
  private static boolean onlyLacks(SegmentPlan before, SegmentPlan now) {
    for (int part = 0; part < now.files().size(); part++) {
      List<DeleteRef> had = before.files().get(part).deletes();
      if (!new HashSet<>(now.files().get(part).deletes()).containsAll(had)) {
        return false;
      }
    }
    return true;
  }

  private Column keys(DeleteRef delete) {
    return keys.computeIfAbsent(delete.path(), path -> table.equalityDeleteKeys(delete));
  }

  private static void apply(Column keys, BitSet parts, RowSegment rows, BitSet alive) {
    boolean all = parts.cardinality() == rows.parts().size();
    for (int i = 0; i < keys.size(); i++) {
      Object key = keys.value(i);
      if (key != null) {
        rows.segment()
            .keys()
            .forEachRow(
                key,
                row -> {
                  if (all || parts.get(rows.partOf(row))) {
                    alive.clear(row);
                  }
                });
      }
    }
  }
}
