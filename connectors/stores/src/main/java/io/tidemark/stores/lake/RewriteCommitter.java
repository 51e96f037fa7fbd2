package io.tidemark.stores.lake;

import io.tidemark.stores.record.CommitTimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts files in the place of others that hold the same rows, less the deleted ones: a {@code
 * replace} snapshot, which leaves every position as it is.
 *
 * <p>The new files have the data sequence number of the snapshot that they were planned on. So an
 * equality delete committed since then hits them as it would have hit the old ones, and one that
 * was applied while they were written hits them no more. Delete files that can hit no live row any
 * longer leave the table with the rewrite. Stateless.
 */
public final class RewriteCommitter {
  private static final Logger LOG = LoggerFactory.getLogger(RewriteCommitter.class);

  private RewriteCommitter() {}

  /**
   * @param plannedSnapshotId the snapshot that {@code removed} were read from, with their deletes
   * @param removed locations of data files
   * @param added files with full metrics of the hidden columns; may be empty if no row survives
   * @param summary goes into the snapshot's summary
   * @return false if a removed file is no longer live, if a position delete or deletion vector hit
   *     one since, or if the planned snapshot has expired: nothing is committed, {@code added} are
   *     deleted, and it is to be planned anew
   * @throws RuntimeException Iceberg's own if files or the catalog cannot be reached: it may or may
   *     not be committed, and calling again tells
   */
  public static boolean commit(
      LakeTable table,
      long plannedSnapshotId,
      Collection<String> removed,
      List<DataFile> added,
      Map<String, String> summary) {
    table.refresh();
    Table iceberg = table.iceberg();
    Snapshot planned = iceberg.snapshot(plannedSnapshotId);
    Replaced replaced = planned == null ? Replaced.NONE : Replaced.of(iceberg, planned, removed);
    if (planned == null || replaced.data().size() < Set.copyOf(removed).size()) {
      LOG.info("rewrite is out of date table={} files={}", iceberg.name(), removed.size());
      RefusedFiles.delete(iceberg, new ArrayList<>(added));
      return false;
    }
    String id = UUID.randomUUID().toString();
    try {
      CommitTimes.settle(iceberg);
      RewriteFiles rewrite =
          iceberg
              .newRewrite()
              .validateFromSnapshot(plannedSnapshotId)
              .dataSequenceNumber(planned.sequenceNumber());
      replaced.data().forEach(rewrite::deleteFile);
      replaced.deletes().forEach(rewrite::deleteFile);
      added.forEach(rewrite::addFile);
      summary.forEach(rewrite::set);
      rewrite.set(LogSnapshotCommitter.COMMIT_ID, id);
      ManifestScan.by(iceberg, rewrite).commit();
      table.refresh();
      return true;
    } catch (ValidationException e) {
      LOG.info("rewrite lost a race and is planned anew table={}", iceberg.name(), e);
      RefusedFiles.delete(iceberg, new ArrayList<>(added));
      return false;
    } catch (RuntimeException e) {
      table.refresh();
      if (isIn(table.iceberg(), id)) {
        LOG.warn("rewrite succeeded though its answer was lost table={}", iceberg.name(), e);
        return true;
      }
      throw e;
    }
  }

  /** As above, for files and a snapshot at hand. */
  public static boolean commit(
      LakeTable table,
      LakeSnapshot planned,
      Collection<LakeFile> removed,
      List<DataFile> added,
      Map<String, String> summary) {
    return commit(
        table, planned.snapshotId(), removed.stream().map(LakeFile::path).toList(), added, summary);
  }

  /**
   * What leaves the table.
   *
   * @param deletes those that no live row can be hit by afterwards: equality deletes that are not
   *     younger than any live data file, and others that hit only replaced files
   */
  private record Replaced(List<DataFile> data, Collection<DeleteFile> deletes) {
    static final Replaced NONE = new Replaced(List.of(), List.of());

    static Replaced of(Table table, Snapshot planned, Collection<String> removed) {
      Set<String> locations = new HashSet<>(removed);
      List<DataFile> data = new ArrayList<>();
      Map<String, DeleteFile> deletes = new HashMap<>();
      Set<String> stillNeeded = new HashSet<>();
      // The new files have the planned snapshot's.
      long oldest = planned.sequenceNumber();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().includeColumnStats().planFiles()) {
        for (FileScanTask task : tasks) {
          boolean leaves = locations.contains(task.file().location());
          if (leaves) {
            data.add(task.file());
          } else {
            oldest = Math.min(oldest, sequenceNumber(task.file()));
          }
          for (DeleteFile delete : task.deletes()) {
            String key = delete.location() + '#' + delete.contentOffset();
            deletes.put(key, delete);
            if (!leaves) {
              stillNeeded.add(key);
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Could not list the files of " + table.name(), e);
      }
      deletes.keySet().removeAll(stillNeeded);
      long live = oldest;
      deletes
          .values()
          .removeIf(delete ->
              delete.content() == FileContent.EQUALITY_DELETES && sequenceNumber(delete) > live);
      return new Replaced(data, deletes.values());
    }

    /** Null only before the file's first commit. */
    private static long sequenceNumber(ContentFile<?> file) {
      return Objects.requireNonNull(file.dataSequenceNumber());
    }
  }

  private static boolean isIn(Table table, String id) {
    for (Snapshot snapshot : table.snapshots()) {
      if (id.equals(snapshot.summary().get(LogSnapshotCommitter.COMMIT_ID))) {
        return true;
      }
    }
    return false;
  }
}
