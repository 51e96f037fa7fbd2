package io.tidemark.jobs.expire;

import io.tidemark.model.control.ControlStore;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.SnapshotExpiry;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.registry.SegmentRegistry;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;

/** Expires what collections share, after they were expired one by one. Use once. */
final class ExpireCommitter {
  private final Lake lake;
  private final LakeConfig config;
  private final ExpireOptions options;
  private final long nowMs;

  ExpireCommitter(Lake lake, LakeConfig config, ExpireOptions options, long nowMs) {
    this.lake = lake;
    this.config = config;
    this.options = options;
    this.nowMs = nowMs;
  }

  /** The registry's own snapshots and files, and what dropped collections left. */
  void files(Map<String, Object> figures) {
    Table registry =
        lake.catalog().loadTable(TableIdentifier.of(Lake.RESERVED_DATABASE, SegmentRegistry.TABLE));
    if (options.has(ExpireStep.SNAPSHOTS)) {
      try (ExecutorService deletes = Executors.newSingleThreadExecutor()) {
        SnapshotExpiry.Expired expired =
            SnapshotExpiry.expire(registry, options.snapshotAge(), options.snapshotsMin(), deletes);
        figures.put("registry_snapshots_expired", expired.snapshots());
      }
    }
    PendingTime pending = PendingTime.of(nowMs, options.grace());
    if (options.has(ExpireStep.REGISTRY)) {
      figures.put("registry_rows_stray", UselessIndexes.removeStray(lake, pending));
    }
    if (options.has(ExpireStep.ORPHANS)) {
      OrphanFiles.Deleted stray =
          OrphanFiles.ofTable(registry, pending).plus(StrayFolders.delete(lake, config, pending));
      figures.put("stray_files_deleted", stray.files());
      figures.put("stray_bytes_deleted", stray.bytes());
    }
  }

  /** Control state and log. */
  void log(ControlStore control, LogConfig log, Map<String, Object> figures) {
    // What happened while the collections were expired counts.
    control.refresh();
    if (options.has(ExpireStep.CONTROL)) {
      figures.put("control_entries_removed", ControlCleanup.removeDropped(lake, control, nowMs));
    }
    if (options.has(ExpireStep.LOG)) {
      LogExpiry.Trimmed trimmed = LogExpiry.trim(log, control, options.logKeep(), nowMs);
      figures.put("log_records_trimmed", trimmed.records());
      if (options.has(ExpireStep.CONTROL) && trimmed.begin() > 0) {
        figures.put("drops_forgotten", ControlCleanup.forgetDrops(lake, control, trimmed.begin()));
      }
    }
  }
}
