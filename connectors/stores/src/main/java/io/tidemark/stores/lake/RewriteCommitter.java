package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.stores.record.CommitTimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;
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
  /** In the summary of a replacement whose rows have other values than those they replace. */
  public static final String NEW_VALUES = "tidemark.reembed";

  private static final Logger LOG = LoggerFactory.getLogger(RewriteCommitter.class);
  private static final int ATTEMPTS_MAX = 3;

  /** Other commits that may be faster, one after another. */
  private static final int MOVED_MAX = 50;

  private RewriteCommitter() {}

  /**
   * As the next one, without rows that leave.
   *
   * @param removed files of {@code planned}
   */
  public static boolean commit(
      LakeTable table,
      LakeSnapshot planned,
      Collection<LakeFile> removed,
      List<DataFile> added,
      Map<String, String> summary) {
    RewritePlan plan = RewritePlan.of(planned, removed);
    return commit(table, plan, added, List.of(), info -> true, summary);
  }

  /**
   * Replaces files.
   *
   * @param planned what {@code added} and {@code expired} were worked out from
   * @param added files with full metrics of the hidden columns; may be empty if no row survives
   * @param expired files of rows that leave the table though no delete has hit them, since they are
   *     too old or hidden by newer ones: a replacement must not lose them, so a second snapshot of
   *     the same transaction, a {@code delete}, takes them out
   * @param holds asked of the very state of the collection that is committed upon
   * @param summary goes into the snapshots' summaries
   * @return false if a removed file is no longer live, if a position delete or deletion vector hit
   *     one since, or if {@code holds} says so: nothing is committed, {@code added} and {@code
   *     expired} are deleted, and it is to be planned anew
   * @throws RuntimeException Iceberg's own if files or the catalog cannot be reached: it may or may
   *     not be committed, and calling again tells
   */
  public static boolean commit(
      LakeTable table,
      RewritePlan planned,
      List<DataFile> added,
      List<DataFile> expired,
      Predicate<CollectionInfo> holds,
      Map<String, String> summary) {
    String id = UUID.randomUUID().toString();
    int moved = 0;
    int refusals = 0;
    while (true) {
      table.refresh();
      CommitTimes.settle(table.iceberg());
      table.refresh();
      Table iceberg = PinnedTable.of(table.iceberg());
      if (iceberg.currentSnapshot() == null) {
        return refused(table.iceberg(), added, expired);
      }
      Replaced replaced = Replaced.of(iceberg, planned);
      if (replaced.data().size() < planned.removed().size()
          || !replaced.positions().stream().allMatch(planned.deletes()::contains)
          || isAnothers(iceberg, planned, replaced)
          || !holds.test(table.info())
          || areLost(iceberg, added)
          || areLost(iceberg, expired)) {
        LOG.info(
            "rewrite is out of date table={} files={}", iceberg.name(), planned.removed().size());
        return refused(table.iceberg(), added, expired);
      }
      boolean committed = false;
      try {
        new Change(planned, replaced, added, expired, summary, id).run(iceberg);
        committed = true;
        table.refresh();
        return true;
      } catch (PinnedTable.MovedException e) {
        // What was worked out holds no longer; there may be more deletes to keep.
        moved++;
        if (moved > MOVED_MAX) {
          throw e;
        }
      } catch (ValidationException e) {
        // A delete file that another rewrite has removed meanwhile is no reason to give up.
        refusals++;
        if (refusals == ATTEMPTS_MAX) {
          LOG.info("rewrite lost a race and is planned anew table={}", iceberg.name(), e);
          return refused(table.iceberg(), added, expired);
        }
      } catch (RuntimeException e) {
        table.refresh();
        if (isIn(table.iceberg(), id)) {
          committed = true;
          LOG.warn("rewrite succeeded though its answer was lost table={}", iceberg.name(), e);
          return true;
        }
        throw e;
      } finally {
        if (!committed) {
          RefusedFiles.delete(table.iceberg(), replaced.racing().copies());
        }
      }
    }
  }

  /**
   * Whether the planned snapshot is not of the history that is committed upon, since another engine
   * has rolled the table back. Where that history has expired, the deletes that hit the files tell:
   * they leave only for positions, which are looked for.
   */
  private static boolean isAnothers(Table table, RewritePlan planned, Replaced replaced) {
    for (Snapshot s = table.currentSnapshot(); s != null; s = parent(table, s)) {
      if (s.snapshotId() == planned.snapshotId()) {
        return false;
      }
      if (s.parentId() == null) {
        return true;
      }
    }
    return !replaced.deletesOnThem().containsAll(planned.deletes());
  }

  private static @Nullable Snapshot parent(Table table, Snapshot snapshot) {
    Long parent = snapshot.parentId();
    return parent == null ? null : table.snapshot(parent);
  }

  /** It took so long that its files were taken for orphans. */
  private static boolean areLost(Table table, List<DataFile> files) {
    return files.stream().anyMatch(file -> !table.io().newInputFile(file.location()).exists());
  }

  private static boolean refused(Table table, List<DataFile> added, List<DataFile> expired) {
    List<ContentFile<?>> files = new ArrayList<>(added);
    files.addAll(expired);
    RefusedFiles.delete(table, files);
    return false;
  }

  private record Change(
      RewritePlan planned,
      Replaced replaced,
      List<DataFile> added,
      List<DataFile> expired,
      Map<String, String> summary,
      String id) {
    void run(Table table) {
      if (expired.isEmpty()) {
        ManifestScan.by(table, rewrite(table.newRewrite())).commit();
        return;
      }
      Transaction transaction = table.newTransaction();
      RewriteFiles rewrite = rewrite(transaction.newRewrite());
      expired.forEach(rewrite::addFile);
      ManifestScan.by(table, rewrite).commit();
      DeleteFiles delete = transaction.newDelete();
      expired.forEach(delete::deleteFile);
      summary.forEach(delete::set);
      delete.set("tidemark.removed", "expired");
      delete.set(LogSnapshotCommitter.COMMIT_ID, id);
      ManifestScan.by(table, delete).commit();
      transaction.commitTransaction();
    }

    private RewriteFiles rewrite(RewriteFiles rewrite) {
      // The state is pinned and was looked at, deletes since the plan included: from it on there is
      // nothing left for Iceberg to validate, nor the snapshots in between, if they have expired.
      rewrite
          .validateFromSnapshot(replaced.snapshotId())
          .dataSequenceNumber(planned.sequenceNumber());
      replaced.data().forEach(rewrite::deleteFile);
      replaced.deletes().forEach(rewrite::deleteFile);
      added.forEach(rewrite::addFile);
      replaced.racing().keep(rewrite);
      summary.forEach(rewrite::set);
      return rewrite.set(LogSnapshotCommitter.COMMIT_ID, id);
    }
  }

  /**
   * What leaves the table.
   *
   * @param deletes those that no live row can be hit by afterwards: equality deletes that are not
   *     younger than any live data file, and others that hit no file but replaced ones
   * @param racing what stays though Iceberg would drop it
   * @param deletesOnThem locations of all deletes on the replaced files. Those of several deletion
   *     vectors in one file are the same, but a data file has one at most, and never from a file
   *     that was there before
   * @param positions of these the position deletes and deletion vectors
   */
  private record Replaced(
      long snapshotId,
      List<DataFile> data,
      Collection<DeleteFile> deletes,
      RacingDeletes racing,
      Set<String> deletesOnThem,
      Set<String> positions) {

    static Replaced of(Table table, RewritePlan planned) {
      Snapshot current = Objects.requireNonNull(table.currentSnapshot());
      List<DataFile> data = new ArrayList<>();
      Set<String> needed = new HashSet<>();
      Set<String> deletesOnThem = new HashSet<>();
      Set<String> positions = new HashSet<>();
      long oldestLeft = current.sequenceNumber();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(current.snapshotId()).includeColumnStats().planFiles()) {
        for (FileScanTask task : tasks) {
          if (planned.removed().contains(task.file().location())) {
            data.add(task.file());
            task.deletes()
                .forEach(delete -> {
                  deletesOnThem.add(delete.location());
                  if (delete.content() == FileContent.POSITION_DELETES) {
                    positions.add(delete.location());
                  }
                });
          } else {
            oldestLeft = Math.min(oldestLeft, sequenceNumber(task.file()));
            task.deletes().forEach(delete -> needed.add(LiveDeletes.key(delete)));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Could not list the files of " + table.name(), e);
      }
      Map<String, DeleteFile> deletes = LiveDeletes.of(table, current);
      RacingDeletes racing =
          new RacingDeletes(table, deletes.values(), planned.sequenceNumber(), oldestLeft);
      deletes.keySet().removeAll(needed);
      // The new files have the planned snapshot's number.
      long live = Math.min(oldestLeft, planned.sequenceNumber());
      deletes
          .values()
          .removeIf(delete ->
              delete.content() == FileContent.EQUALITY_DELETES && sequenceNumber(delete) > live);
      return new Replaced(
          current.snapshotId(), data, deletes.values(), racing, deletesOnThem, positions);
    }

    /** Null only before the file's first commit. */
    private static long sequenceNumber(ContentFile<?> file) {
      return Objects.requireNonNull(file.dataSequenceNumber());
    }
  }

  static boolean isIn(Table table, String id) {
    for (Snapshot snapshot : table.snapshots()) {
      if (id.equals(snapshot.summary().get(LogSnapshotCommitter.COMMIT_ID))) {
        return true;
      }
    }
    return false;
  }
}
