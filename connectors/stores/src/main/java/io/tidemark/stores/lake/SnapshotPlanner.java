package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.time.HybridTimestamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Lists the files of a snapshot, each with its deletes. Not thread-safe. */
final class SnapshotPlanner {
  private final Table table;
  private final TableMetadata metadata;
  private final CollectionInfo info;
  private final Map<LakeFile, FileScanTask> tasks;
  private final Map<String, DeleteRef> deletes = new HashMap<>();

  SnapshotPlanner(
      Table table, TableMetadata metadata, CollectionInfo info, Map<LakeFile, FileScanTask> tasks) {
    this.table = table;
    this.metadata = metadata;
    this.info = info;
    this.tasks = tasks;
  }

  LakeSnapshot current() {
    Map<Integer, Long> positions = new HashMap<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      positions.put(shard, LakeTable.position(metadata, info, shard));
    }
    Snapshot snapshot = metadata.currentSnapshot();
    return snapshot == null
        ? new LakeSnapshot(LakeSnapshot.NONE, 0, 0, positions, List.of())
        : plan(snapshot, positions);
  }

  LakeSnapshot of(long snapshotId) {
    Snapshot current = metadata.currentSnapshot();
    if (current != null && current.snapshotId() == snapshotId) {
      return current();
    }
    Snapshot snapshot = Objects.requireNonNull(metadata.snapshot(snapshotId));
    Map<Integer, Long> positions =
        new HashMap<>(new SnapshotPositions(metadata, info).of(snapshot));
    for (int shard = 0; shard < info.shards(); shard++) {
      positions.putIfAbsent(shard, info.createdTimestamp());
    }
    return plan(snapshot, positions);
  }

  private LakeSnapshot plan(Snapshot snapshot, Map<Integer, Long> positions) {
    Map<Long, Long> committedMs = new HashMap<>(ForeignCommits.times(metadata.properties()));
    long oldestMs = Long.MAX_VALUE;
    for (Snapshot s : metadata.snapshots()) {
      committedMs.put(s.sequenceNumber(), s.timestampMillis());
      oldestMs = Math.min(oldestMs, s.timestampMillis());
    }
    // Whoever added rows before the oldest snapshot we know did so before it, and a delete that is
    // still only in the log came after every position: it has to kill them.
    long unknown =
        Math.min(
            HybridTimestamp.ofMillis(oldestMs),
            positions.values().stream().mapToLong(Long::longValue).min().orElse(0));
    List<LakeFile> files = new ArrayList<>();
    List<String> stats =
        List.of(
            CollectionSchema.TIMESTAMP_COLUMN,
            CollectionSchema.SHARD_COLUMN,
            CollectionSchema.PARTITION_COLUMN);
    try (CloseableIterable<FileScanTask> planned =
        table.newScan().useSnapshot(snapshot.snapshotId()).includeColumnStats(stats).planFiles()) {
      for (FileScanTask task : planned) {
        Long ms = committedMs.get(sequenceNumber(task.file().dataSequenceNumber()));
        LakeFile file = file(task, ms == null ? unknown : HybridTimestamp.ofMillis(ms));
        tasks.put(file, task);
        files.add(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list the files of " + table.name(), e);
    }
    return new LakeSnapshot(
        snapshot.snapshotId(),
        snapshot.sequenceNumber(),
        snapshot.timestampMillis(),
        positions,
        files);
  }

  private LakeFile file(FileScanTask task, long addedTimestamp) {
    DataFile file = task.file();
    Optional<Object> partition = FileBounds.only(table, file, CollectionSchema.PARTITION_COLUMN);
    Optional<Object> shard = FileBounds.only(table, file, CollectionSchema.SHARD_COLUMN);
    return new LakeFile(
        file.location(),
        file.recordCount(),
        file.fileSizeInBytes(),
        sequenceNumber(file.dataSequenceNumber()),
        addedTimestamp,
        partition.map(Object::toString).orElse(Partition.DEFAULT_NAME),
        partition.isEmpty() && !FileBounds.allNull(table, file, CollectionSchema.PARTITION_COLUMN),
        shard.map(s -> ((Number) s).intValue()).orElse(LakeFile.SHARD_UNKNOWN),
        task.deletes().stream()
            .map(this::delete)
            .sorted(Comparator.comparingLong(DeleteRef::sequenceNumber))
            .toList());
  }

  private DeleteRef delete(DeleteFile file) {
    // Deletion vectors of several data files share a file, at different offsets.
    return deletes.computeIfAbsent(
        file.location() + '#' + file.contentOffset(),
        key ->
            new DeleteRef(
                file.location(),
                sequenceNumber(file.dataSequenceNumber()),
                file.recordCount(),
                byPrimaryKey(table, info.schema(), file)));
  }

  static boolean byPrimaryKey(Table table, CollectionSchema schema, DeleteFile file) {
    if (file.content() != FileContent.EQUALITY_DELETES) {
      return false;
    }
    int key = table.schema().findField(schema.primaryKey().name()).fieldId();
    return file.equalityFieldIds().equals(List.of(key));
  }

  /** Null only before the file's first commit. */
  private static long sequenceNumber(@Nullable Long number) {
    return Objects.requireNonNull(number);
  }
}
