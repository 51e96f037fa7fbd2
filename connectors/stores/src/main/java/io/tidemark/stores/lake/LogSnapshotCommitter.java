package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeSchemas.positionProperty;

import io.tidemark.stores.record.CommitTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits log snapshots: one Iceberg transaction adds the files and moves the shard's position,
 * exactly once whatever fails or is repeated.
 *
 * <p>The position is a table property, checked within the commit and so again at each of its
 * retries; it is compared before it is moved, and never moved without a snapshot. Each commit
 * leaves a number of its own in the snapshot's summary, so that a commit whose answer was lost is
 * recognised. Stateless and thread-safe; commits to one {@link LakeTable} handle must not overlap.
 */
public final class LogSnapshotCommitter {
  /** What became of a log snapshot. */
  public enum Outcome {
    /** It is in the table by this call. */
    COMMITTED,
    /** The table was that far already; files that nobody uses were deleted. */
    ALREADY_THERE
  }

  static final String COMMIT_ID = "tidemark.commit";

  private static final Logger LOG = LoggerFactory.getLogger(LogSnapshotCommitter.class);
  private static final int ATTEMPTS_MAX = 4;
  private static final long RETRY_WAIT_MS = 200;

  /**
   * Commits the net effect of a shard's log over {@code (from, to]}. Refreshes {@code table}.
   *
   * <p>{@code deletes} and {@code droppedPartitions} hit only what was in the table before, never
   * {@code add}. Dropping partitions takes this shard's rows, and other engines' without a shard.
   *
   * @param from the shard's position
   * @param to its new position, greater than {@code from}; it moves even if there are no files
   * @throws PositionConflictException if the position is neither {@code from} nor {@code to} or
   *     beyond; nothing is committed, the files are deleted
   * @throws RuntimeException Iceberg's own after some attempts, if files or the catalog cannot be
   *     reached: it may or may not be committed, so call again; no file is deleted
   */
  public Outcome commit(
      LakeTable table,
      int shard,
      long from,
      long to,
      List<DataFile> add,
      List<DeleteFile> deletes,
      List<String> droppedPartitions) {
    if (to <= from) {
      throw new IllegalArgumentException("log snapshot (" + from + ", " + to + "] is no window");
    }
    Attempt attempt = new Attempt(shard, from, to, UUID.randomUUID().toString());
    List<ContentFile<?>> files = new ArrayList<>(add);
    files.addAll(deletes);
    table.refresh();
    for (int tries = 1; ; tries++) {
      long position = table.position(shard);
      if (position >= to) {
        RefusedFiles.delete(table.iceberg(), files);
        return Outcome.ALREADY_THERE;
      }
      if (position != from) {
        RefusedFiles.delete(table.iceberg(), files);
        throw new PositionConflictException(table.iceberg().name(), shard, from, to, position);
      }
      try {
        CommitTimes.settle(table.iceberg());
        long before = sequenceNumber(table.iceberg());
        PartitionDrop drop = PartitionDrop.plan(table.iceberg(), shard, droppedPartitions);
        drop.partitionDeletes().ifPresent(files::add);
        attempt.run(table.iceberg(), add, deletes, drop);
        table.refresh();
        SnapshotExpiry.afterCommit(table.iceberg(), before);
        return Outcome.COMMITTED;
      } catch (RuntimeException e) {
        table.refresh();
        if (attempt.isIn(table.iceberg())) {
          LOG.warn(
              "Commit succeeded though its answer was lost, table {}", table.iceberg().name(), e);
          return Outcome.COMMITTED;
        }
        if (tries == ATTEMPTS_MAX) {
          throw e;
        }
        if (!(e instanceof ValidationException)) {
          LOG.warn("Commit failed and is tried again, table {}", table.iceberg().name(), e);
          pause(tries, e);
        }
      }
    }
  }

  private static void pause(int tries, RuntimeException failure) {
    try {
      Thread.sleep(RETRY_WAIT_MS * tries);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
      throw failure;
    }
  }

  private static long sequenceNumber(Table table) {
    return LakeTable.metadata(table).lastSequenceNumber();
  }

  /** One log snapshot's transaction. */
  private record Attempt(int shard, long from, long to, String id) {
    void run(Table table, List<DataFile> add, List<DeleteFile> deletes, PartitionDrop drop) {
      Transaction transaction = table.newTransaction();
      RowDelta first = transaction.newRowDelta();
      // Of several updates only the first can carry the check: after it the property is ours.
      String property = positionProperty(shard);
      String atCreation = table.properties().getOrDefault("tidemark.created", "");
      first.validateWith(ancestors ->
          Long.toString(from)
              .equals(transaction.table().properties().getOrDefault(property, atCreation)));
      RowDelta rows = first;
      if (!drop.isEmpty()) {
        ManifestScan.by(table, first).commit();
        drop.addTo(table, transaction);
        // A greater sequence number than the drop's, so that it spares these rows.
        rows = transaction.newRowDelta();
      }
      add.forEach(rows::addRows);
      deletes.forEach(rows::addDeletes);
      rows.set(property, Long.toString(to));
      rows.set(SnapshotPositions.fromProperty(shard), Long.toString(from));
      rows.set(COMMIT_ID, id);
      ManifestScan.by(table, rows).commit();
      transaction.updateProperties().set(property, Long.toString(to)).commit();
      transaction.commitTransaction();
    }

    boolean isIn(Table table) {
      for (Snapshot snapshot : table.snapshots()) {
        if (id.equals(snapshot.summary().get(COMMIT_ID))) {
          return true;
        }
      }
      return false;
    }
  }
}
