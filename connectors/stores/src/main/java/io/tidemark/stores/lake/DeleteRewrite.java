package io.tidemark.stores.lake;

import io.tidemark.stores.record.CommitTimes;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts position deletes, one file per data file, in the place of all deletes of a snapshot: the
 * rows stay exactly as they are, and keys deleted long ago need not be looked for any more. Costs
 * reading keys, where a rewrite of the data costs reading and writing everything. Stateless.
 */
public final class DeleteRewrite {
  private static final Logger LOG = LoggerFactory.getLogger(DeleteRewrite.class);

  private DeleteRewrite() {}

  /**
   * Writes the positions of a data file's dead rows; the table is not told.
   *
   * @param dead not empty
   */
  public static DeleteFile write(LakeTable table, LakeFile file, BitSet dead) {
    return RecordFiles.writePositionDeletes(table.iceberg(), file.path(), dead);
  }

  /**
   * Replaces all delete files of a snapshot; those committed since stay.
   *
   * @param plannedSnapshotId the snapshot whose deletes were read
   * @param covered locations of the data files whose dead rows {@code added} has
   * @return false if another rewrite was committed since, or the planned snapshot has expired:
   *     nothing is committed, {@code added} are deleted
   * @throws IllegalArgumentException if a data file that deletes hit is not covered
   * @throws RuntimeException Iceberg's own if files or the catalog cannot be reached
   */
  public static boolean commit(
      LakeTable table,
      long plannedSnapshotId,
      Collection<String> covered,
      List<DeleteFile> added,
      Map<String, String> summary) {
    table.refresh();
    Table iceberg = table.iceberg();
    Snapshot from = iceberg.snapshot(plannedSnapshotId);
    if (from == null) {
      LOG.info("rewrite of deletes is out of date table={}", iceberg.name());
      RefusedFiles.delete(iceberg, new ArrayList<>(added));
      return false;
    }
    requireCovered(iceberg, plannedSnapshotId, Set.copyOf(covered));
    Collection<DeleteFile> removed = LiveDeletes.of(iceberg, from).values();
    if (removed.isEmpty()) {
      return true;
    }
    String id = UUID.randomUUID().toString();
    RewriteFiles rewrite = iceberg.newRewrite().validateFromSnapshot(plannedSnapshotId);
    // Only a rewrite can add data files that are old enough for the deletes to be taken away, and
    // they would need them. The ancestors are those of the snapshot that is committed upon.
    rewrite.validateWith(ancestors -> isAloneSince(ancestors, plannedSnapshotId));
    removed.forEach(rewrite::deleteFile);
    added.forEach(rewrite::addFile);
    summary.forEach(rewrite::set);
    rewrite.set(LogSnapshotCommitter.COMMIT_ID, id);
    try {
      CommitTimes.settle(iceberg);
      ManifestScan.by(iceberg, rewrite).commit();
      table.refresh();
      return true;
    } catch (ValidationException e) {
      LOG.info("rewrite of deletes lost a race table={}", iceberg.name(), e);
      RefusedFiles.delete(iceberg, new ArrayList<>(added));
      return false;
    } catch (RuntimeException e) {
      table.refresh();
      if (RewriteCommitter.isIn(table.iceberg(), id)) {
        LOG.warn("rewrite of deletes succeeded though its answer was lost", e);
        return true;
      }
      throw e;
    }
  }

  private static void requireCovered(Table table, long snapshotId, Set<String> covered) {
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).planFiles()) {
      for (FileScanTask task : tasks) {
        if (!task.deletes().isEmpty() && !covered.contains(task.file().location())) {
          throw new IllegalArgumentException(
              task.file().location() + " is hit by deletes and its dead rows were not looked for");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list the files of " + table.name(), e);
    }
  }

  private static boolean isAloneSince(Iterable<Snapshot> ancestors, long plannedSnapshotId) {
    for (Snapshot snapshot : ancestors) {
      if (snapshot.snapshotId() == plannedSnapshotId) {
        return true;
      }
      if (DataOperations.REPLACE.equals(snapshot.operation())) {
        return false;
      }
    }
    // The table was rolled back to before the planned snapshot.
    return false;
  }
}
