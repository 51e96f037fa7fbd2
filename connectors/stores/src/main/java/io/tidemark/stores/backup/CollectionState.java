package io.tidemark.stores.backup;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.stores.lake.DeadRows;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.SnapshotTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types.NestedField;

/**
 * A tagged state of a collection, to be copied: its data files with their dead rows, and the
 * indexes over them. Reads the keys of deleted rows, not the rows. Not thread-safe.
 */
public final class CollectionState {
  private final LakeTable table;
  private final SnapshotTag tag;
  private final Schema columns;
  private final List<LakeFile> files;
  private final Map<String, FileScanTask> tasks;
  private final List<SegmentIndex> indexes;
  private final DeadRows deadRows;

  private CollectionState(LakeTable table, SnapshotTag tag, List<SegmentIndex> registered) {
    this.table = table;
    this.tag = tag;
    this.columns = Objects.requireNonNull(table.iceberg().schemas().get(tag.schemaId()));
    this.files = table.snapshot(tag.snapshotId()).files();
    this.tasks = tasks(table.iceberg(), tag.snapshotId());
    this.indexes = usable(registered);
    this.deadRows = new DeadRows(table);
  }

  /** Plans. The tag must stay as long as this is used: it keeps the files. */
  public static CollectionState of(Lake lake, LakeTable table, SnapshotTag tag) {
    return new CollectionState(table, tag, lake.registry().list(table.info().id()));
  }

  private static Map<String, FileScanTask> tasks(Table table, long snapshotId) {
    Map<String, FileScanTask> tasks = new HashMap<>();
    try (CloseableIterable<FileScanTask> planned =
        table.newScan().useSnapshot(snapshotId).includeColumnStats().planFiles()) {
      planned.forEach(task -> tasks.put(task.file().location(), task));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list the files of " + table.name(), e);
    }
    return tasks;
  }

  /** Those over files of the state, for definitions that were in use. */
  private List<SegmentIndex> usable(List<SegmentIndex> registered) {
    Map<String, Long> rows =
        files.stream().collect(Collectors.toMap(LakeFile::path, LakeFile::rows));
    Set<Long> wanted =
        tag.collection().indexes().stream().map(index -> index.id()).collect(Collectors.toSet());
    List<SegmentIndex> usable = new ArrayList<>();
    for (SegmentIndex index : registered) {
      if (wanted.contains(index.indexId())
          && index.sources().stream()
              .allMatch(source -> Objects.equals(rows.get(source.path()), source.rows()))) {
        usable.add(index);
      }
    }
    return usable;
  }

  SnapshotTag tag() {
    return tag;
  }

  Table table() {
    return table.iceberg();
  }

  /** The table's columns when it was tagged, with their ids. */
  Schema columns() {
    return columns;
  }

  /**
   * Those that have all live rows of the state.
   *
   * @param alive by data file, how many of its rows are
   */
  List<SegmentIndex> indexes(Lake lake, Map<String, Long> alive) {
    return indexes.stream()
        .filter(index -> IndexCover.covers(lake.registry().io(), index, alive))
        .toList();
  }

  public int fileCount() {
    return files.size();
  }

  /** In files, deleted ones included. */
  public long rows() {
    return files.stream().mapToLong(LakeFile::rows).sum();
  }

  public long bytes() {
    return files.stream().mapToLong(LakeFile::bytes).sum()
        + indexes.stream().mapToLong(SegmentIndex::fileBytes).sum();
  }

  List<LakeFile> files() {
    return files;
  }

  /** With its dead rows, which may take reading its keys. */
  synchronized StateFile read(LakeFile file) {
    FileScanTask task = Objects.requireNonNull(tasks.get(file.path()));
    BitSet dead = new BitSet();
    if (file.deletes().stream().anyMatch(DeleteRef::byPrimaryKey)) {
      dead = deadRows.of(file, table.read(file, List.of()));
    } else if (!file.deletes().isEmpty()) {
      dead = table.positionDeleted(file);
    }
    return new StateFile(task, file, dead, isAsIs(task.file()));
  }

  /**
   * Rows without a timestamp of their own have the time of the commit that added them, which
   * another table would not know.
   */
  private boolean isAsIs(DataFile data) {
    NestedField timestamp = columns.findField(CollectionSchema.TIMESTAMP_COLUMN);
    Long nulls =
        timestamp == null || data.nullValueCounts() == null
            ? null
            : data.nullValueCounts().get(timestamp.fieldId());
    return data.format() == FileFormat.PARQUET && nulls != null && nulls == 0;
  }
}
