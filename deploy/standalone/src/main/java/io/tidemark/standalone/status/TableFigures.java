package io.tidemark.standalone.status;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.load.SegmentPlanner;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Snapshot;

/**
 * What tables hold and how much of it is indexed, counted anew only for a table or for indexes that
 * have changed. Not thread-safe.
 */
final class TableFigures {
  /**
   * @param bytes of data and delete files
   * @param pendingRows that wait for an index
   * @param oldestPendingMs when the oldest of them was committed; 0 for none
   * @param indexBytes of index files
   */
  record Figures(
      long rows,
      long files,
      long deleteFiles,
      long bytes,
      long pendingRows,
      long oldestPendingMs,
      long indexBytes) {}

  private record Counted(LakeTable table, List<SegmentIndex> indexes, Figures figures) {}

  private final Lake lake;
  private final Map<Long, Counted> counted = new HashMap<>();

  TableFigures(Lake lake) {
    this.lake = lake;
  }

  /**
   * @param indexes everything registered for it
   * @throws io.tidemark.model.error.TidemarkException COLLECTION_NOT_FOUND
   */
  Figures of(CollectionInfo info, List<SegmentIndex> indexes) {
    Counted known = counted.get(info.id());
    if (known == null) {
      return count(lake.table(info), indexes);
    }
    boolean changed = known.table.refresh();
    return changed || !known.indexes.equals(indexes) ? count(known.table, indexes) : known.figures;
  }

  private Figures count(LakeTable table, List<SegmentIndex> indexes) {
    CollectionInfo info = table.info();
    Snapshot snapshot = table.iceberg().currentSnapshot();
    Map<String, String> summary = snapshot == null ? Map.of() : snapshot.summary();
    long rows = total(summary, "total-records");
    long pending = 0;
    long oldestMs = 0;
    // Manifests are read only where an index may be missing: with many collections most are small.
    if (rows >= SegmentPlanner.INDEXED_ROWS_MIN) {
      for (IndexDefinition index : info.indexes()) {
        if (index.type().builds()) {
          List<LakeFile> files = table.snapshot().files();
          long committed = files.stream().mapToLong(LakeFile::rows).sum();
          long left = committed - SegmentPlanner.indexedRows(info, files, indexes, index.fieldId());
          if (left > 0) {
            pending = Math.max(pending, left);
            long addedMs = oldestUncovered(files, indexes, index);
            oldestMs = oldestMs == 0 ? addedMs : Math.min(oldestMs, addedMs);
          }
        }
      }
    }
    Map<String, Long> indexFiles = new HashMap<>();
    indexes.forEach(index -> indexFiles.put(index.file(), index.fileBytes()));
    Figures figures =
        new Figures(
            rows,
            total(summary, "total-data-files"),
            total(summary, "total-delete-files"),
            total(summary, "total-files-size"),
            pending,
            oldestMs,
            indexFiles.values().stream().mapToLong(Long::longValue).sum());
    counted.put(info.id(), new Counted(table, indexes, figures));
    return figures;
  }

  private static long total(Map<String, String> summary, String name) {
    return Long.parseLong(summary.getOrDefault(name, "0"));
  }

  /** When the oldest file was committed that no index of the definition names. */
  private static long oldestUncovered(
      Collection<LakeFile> files, List<SegmentIndex> indexes, IndexDefinition definition) {
    Set<String> covered = new HashSet<>();
    indexes.stream()
        .filter(index -> index.indexId() == definition.id())
        .forEach(index -> index.sources().forEach(source -> covered.add(source.path())));
    return files.stream()
        .filter(file -> !covered.contains(file.path()))
        .mapToLong(file -> HybridTimestamp.physicalMs(file.addedTimestamp()))
        .min()
        .orElse(0);
  }

  /** Forgets collections that are gone. */
  void keepOnly(Set<Long> collectionIds) {
    counted.keySet().retainAll(collectionIds);
  }
}
