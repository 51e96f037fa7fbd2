package io.tidemark.jobs.compact;

import io.tidemark.stores.lake.DeadRows;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DeleteFile;

/**
 * Finds the rows that equality deletes by key have hit and writes their places down, so that reads
 * need not compare keys. Reads nothing of the data files but their keys.
 */
final class DeleteConversion {
  private DeleteConversion() {}

  /** Empty if a file of the task is no longer live. */
  static Optional<CompactedFiles> run(LakeTable table, CompactTask task) throws IOException {
    LakeSnapshot snapshot = table.snapshot();
    Optional<List<LakeFile>> files = TaskFiles.live(snapshot, task);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    DeadRows deletes = new DeadRows(table);
    SortedMap<CharSequence, BitSet> positions = new TreeMap<>(CharSequence::compare);
    long dead = 0;
    for (LakeFile file : files.get()) {
      BitSet hit = deletes.of(file, table.read(file, List.of()));
      // What position deletes say already need not be said again.
      hit.andNot(table.positionDeleted(file));
      if (!hit.isEmpty()) {
        positions.put(file.path(), hit);
        dead += hit.cardinality();
      }
    }
    List<DeleteFile> written =
        positions.isEmpty()
            ? List.of()
            : List.of(RecordFiles.writePositionDeletes(table.iceberg(), positions));
    return Optional.of(
        CompactedFiles.of(task, snapshot.snapshotId())
            .with(written, List.of(), task.rows() - dead));
  }
}
