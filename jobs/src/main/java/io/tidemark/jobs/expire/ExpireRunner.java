package io.tidemark.jobs.expire;

import io.tidemark.jobs.run.BatchRun;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.ExpiredFiles;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.SnapshotExpiry;
import io.tidemark.stores.lake.orphan.OrphanFiles;
import io.tidemark.stores.lake.orphan.PendingTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of one collection, each of which commits by itself: rows, then snapshots, so that what
 * the rows leave may go, then registry rows, then files that nothing names.
 */
final class ExpireRunner extends ProcessFunction<ExpireTask, ExpireTask> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ExpireRunner.class);
  private static final int DELETES_AT_ONCE = 4;

  private final LakeConfig config;
  private final ExpireOptions options;

  private transient Lake lake;
  private transient ExecutorService deletes;
  private transient BatchRun.Counters counters;
  private transient Map<String, LongCounter> figures;

  @SuppressWarnings("NullAway.Init") // open() fills the rest before any other call
  ExpireRunner(LakeConfig config, ExpireOptions options) {
    this.config = config;
    this.options = options;
  }

  @Override
  public void open(OpenContext context) {
    lake = Lake.open(config);
    // They wait for the storage; ended in close(), before which every step has ended.
    deletes = Executors.newFixedThreadPool(DELETES_AT_ONCE);
    counters = new BatchRun.Counters(getRuntimeContext());
    figures = new ConcurrentHashMap<>();
  }

  @Override
  public void close() {
    if (deletes != null) {
      deletes.shutdown();
    }
    if (lake != null) {
      lake.close();
    }
  }

  @Override
  public void processElement(ExpireTask task, Context context, Collector<ExpireTask> out) {
    Optional<CollectionInfo> info = lake.collectionById(task.collectionId());
    if (info.isPresent()) {
      try {
        expire(lake.table(info.get()), task);
      } catch (TidemarkException e) {
        if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
          throw e;
        }
        LOG.info("collection was dropped while it expired collection={}", task.collectionId());
      }
    }
    counters.taskDone();
    out.collect(task);
  }

  private void expire(LakeTable table, ExpireTask task) {
    if (options.has(ExpireStep.ROWS)) {
      ExpiredFiles.Removed rows = ExpiredFiles.remove(table, task.rowsNowMs());
      add("rows_expired", rows.rows());
      add("row_files_expired", rows.files());
      add("row_bytes_expired", rows.bytes());
      counters.rowsDone(rows.rows());
    }
    if (options.has(ExpireStep.SNAPSHOTS)) {
      SnapshotExpiry.Expired expired =
          SnapshotExpiry.expire(
              table.iceberg(), options.snapshotAge(), options.snapshotsMin(), deletes);
      add("snapshots_expired", expired.snapshots());
      add("snapshot_files_deleted", expired.files());
      add("snapshot_bytes_deleted", expired.bytes());
    }
    PendingTime pending = PendingTime.of(task.nowMs(), options.grace());
    if (options.has(ExpireStep.REGISTRY)) {
      add("registry_rows_removed", UselessIndexes.remove(lake, table, pending));
    }
    if (options.has(ExpireStep.ORPHANS)) {
      OrphanFiles.Deleted orphans =
          OrphanFiles.ofTable(
                  table.iceberg(), PendingTime.of(task.nowMs(), options.grace(), task.settledMs()))
              .plus(UselessIndexes.deleteOrphans(lake, task.collectionId(), pending));
      add("orphan_files_deleted", orphans.files());
      add("orphan_bytes_deleted", orphans.bytes());
      add("orphan_files_spared", orphans.spared());
    }
  }

  private void add(String figure, long more) {
    figures
        .computeIfAbsent(
            figure,
            name -> {
              LongCounter counter = new LongCounter();
              getRuntimeContext().addAccumulator(ExpireJob.FIGURE + name, counter);
              return counter;
            })
        .add(more);
  }
}
