package io.tidemark.stores.lake;

import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.record.CommitTimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Takes the data files out of a table all of whose rows have outlived the collection's time to
 * live, without reading one: a {@code delete} snapshot that leaves positions as they are. Files
 * with some younger rows stay; compaction writes those anew. Stateless.
 */
public final class ExpiredFiles {
  /** In the summary of the snapshot: the hybrid timestamp before which rows were expired. */
  public static final String SUMMARY = "tidemark.expired-before";

  private static final int ATTEMPTS_MAX = 5;
  private static final Removed NONE = new Removed(0, 0, 0);

  private ExpiredFiles() {}

  /** What has left the table; the files themselves go with the snapshots that still hold them. */
  public record Removed(int files, long rows, long bytes) {}

  /**
   * @param nowMs milliseconds since the epoch
   * @throws ValidationException if other commits were faster again and again
   */
  public static Removed remove(LakeTable table, long nowMs) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      long cutoff = TimeToLive.cutoff(table.info(), nowMs);
      List<DataFile> expired = cutoff == 0 ? List.of() : expired(table.iceberg(), cutoff);
      if (expired.isEmpty()) {
        return NONE;
      }
      try {
        commit(table.iceberg(), expired, cutoff);
        table.refresh();
        return new Removed(
            expired.size(),
            expired.stream().mapToLong(DataFile::recordCount).sum(),
            expired.stream().mapToLong(DataFile::fileSizeInBytes).sum());
      } catch (ValidationException e) {
        // A compaction has replaced one of them, or the time to live is another now.
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void commit(Table table, List<DataFile> expired, long cutoff) {
    CommitTimes.settle(table);
    Transaction transaction = table.newTransaction();
    String properties = table.properties().getOrDefault(CollectionProperties.PROPERTIES, "");
    DeleteFiles delete = transaction.newDelete().validateFilesExist();
    // Whoever lengthens the time to live must not lose rows to a job that has not heard of it.
    delete.validateWith(ancestors ->
        properties.equals(
            transaction.table().properties().getOrDefault(CollectionProperties.PROPERTIES, "")));
    expired.forEach(delete::deleteFile);
    delete.set(SUMMARY, Long.toString(cutoff));
    ManifestScan.by(table, delete).commit();
    transaction.commitTransaction();
  }

  private static List<DataFile> expired(Table table, long cutoff) {
    Map<Long, Long> committedMs = new HashMap<>(ForeignCommits.times(table.properties()));
    long oldestMs = Long.MAX_VALUE;
    for (Snapshot snapshot : table.snapshots()) {
      committedMs.put(snapshot.sequenceNumber(), snapshot.timestampMillis());
      oldestMs = Math.min(oldestMs, snapshot.timestampMillis());
    }
    List<DataFile> expired = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .includeColumnStats(List.of(CollectionSchema.TIMESTAMP_COLUMN))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        // Rows of other engines were added with their file, at the latest before the oldest
        // snapshot there is.
        long addedMs = committedMs.getOrDefault(task.file().dataSequenceNumber(), oldestMs);
        if (newest(table, task.file(), HybridTimestamp.ofMillis(addedMs)) < cutoff) {
          expired.add(task.file());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list the files of " + table.name(), e);
    }
    return expired;
  }

  /** The largest timestamp that a row of the file may have. */
  private static long newest(Table table, DataFile file, long added) {
    String column = CollectionSchema.TIMESTAMP_COLUMN;
    if (FileBounds.allNull(table, file, column)) {
      return added;
    }
    Optional<Object> upper = FileBounds.upper(table, file, column);
    if (upper.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long written = ((Number) upper.get()).longValue();
    return FileBounds.noneNull(table, file, column) ? written : Math.max(written, added);
  }
}
