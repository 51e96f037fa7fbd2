package io.tidemark.stores.registry;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.record.CommitTimes;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which index files exist, in the Iceberg table {@code tidemark.segments} ({@link SegmentRows} has
 * its columns). An index is known by collection, segment, field, index id and version.
 *
 * <p>Thread-safe; several processes may write. Reads show what is committed when they begin.
 * Removals write the rows that stay anew: the table is small, and nobody has to apply deletes to
 * it.
 */
public final class SegmentRegistry {
  public static final String TABLE = "segments";

  private static final Logger LOG = LoggerFactory.getLogger(SegmentRegistry.class);
  private static final int ATTEMPTS_MAX = 50;

  /** More data files than this are merged at the next registration. */
  private static final int FILES_MAX = 16;

  private final Table table;
  private long cachedSnapshot = Long.MIN_VALUE;
  private Map<Long, List<SegmentIndex>> cached = Map.of();
  private int cachedFiles;

  private SegmentRegistry(Table table) {
    this.table = table;
  }

  /**
   * Opens the table, made if it is missing.
   *
   * @param upkeep table properties for a new one
   */
  public static SegmentRegistry open(
      Catalog catalog, TableIdentifier identifier, String location, Map<String, String> upkeep) {
    if (!catalog.tableExists(identifier)) {
      try {
        catalog
            .buildTable(identifier, SegmentRows.SCHEMA)
            .withLocation(location)
            .withProperties(upkeep)
            .create();
      } catch (AlreadyExistsException e) {
        LOG.debug("Another process has made the registry just now", e);
      }
    }
    return new SegmentRegistry(catalog.loadTable(identifier));
  }

  /** Where the table's files, and so the index files, are read and deleted. */
  public FileIO io() {
    return table.io();
  }

  /** The collection's indexes, in the order of their registration. */
  public synchronized List<SegmentIndex> list(long collectionId) {
    load();
    return cached.getOrDefault(collectionId, List.of());
  }

  /** All collections' indexes. */
  public synchronized List<SegmentIndex> list() {
    load();
    return cached.values().stream().flatMap(List::stream).toList();
  }

  /** Adds indexes in one commit; one that is known already is replaced. */
  public synchronized void register(List<SegmentIndex> indexes) {
    replace(List.of(), indexes);
  }

  /**
   * Adds what is chosen in view of all indexes there are, in one commit that holds only if they are
   * still the same then; otherwise it is chosen anew. So of two who choose at once neither adds
   * what the other's choice rules out.
   *
   * @param choice of indexes none of which is known yet; is given all there are
   * @return the last choice, registered
   */
  public synchronized List<SegmentIndex> registerChosen(
      Function<List<SegmentIndex>, List<SegmentIndex>> choice) {
    for (int attempt = 1; ; attempt++) {
      List<SegmentIndex> all = list();
      List<SegmentIndex> chosen = choice.apply(all);
      if (chosen.isEmpty()) {
        return chosen;
      }
      try {
        CommitTimes.settle(table);
        if (cachedFiles >= FILES_MAX) {
          List<SegmentIndex> rows = new ArrayList<>(all);
          rows.addAll(chosen);
          rewrite(rows);
        } else {
          commit(unchanged(), chosen);
        }
        expire();
        return chosen;
      } catch (ValidationException | CommitFailedException e) {
        // Another process was faster: look at what it has left and choose again.
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  /** Removes and adds indexes in one commit; what is to be removed may be gone. */
  public synchronized void replace(
      Collection<SegmentIndex> removed, Collection<SegmentIndex> added) {
    Set<IndexKey> keys = new HashSet<>();
    removed.forEach(index -> keys.add(IndexKey.of(index)));
    added.forEach(index -> keys.add(IndexKey.of(index)));
    change(index -> keys.contains(IndexKey.of(index)), added);
  }

  /** Forgets all indexes of a collection. */
  public synchronized void removeCollection(long collectionId) {
    change(index -> index.collectionId() == collectionId, List.of());
  }

  private void change(Predicate<SegmentIndex> gone, Collection<SegmentIndex> added) {
    for (int attempt = 1; ; attempt++) {
      load();
      List<SegmentIndex> all = list();
      List<SegmentIndex> kept = all.stream().filter(gone.negate()).toList();
      boolean removes = kept.size() < all.size();
      if (!removes && added.isEmpty()) {
        return;
      }
      try {
        CommitTimes.settle(table);
        if (removes || cachedFiles >= FILES_MAX) {
          List<SegmentIndex> rows = new ArrayList<>(kept);
          rows.addAll(added);
          rewrite(rows);
        } else {
          table.newAppend().appendFile(write(added)).commit();
        }
        expire();
        return;
      } catch (ValidationException | CommitFailedException e) {
        // Another process was faster: look at what it has left and try again.
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  /** Replaces all rows, provided that nobody has changed any since {@link #load}. */
  private void rewrite(List<SegmentIndex> rows) {
    OverwriteFiles overwrite = unchanged();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> overwrite.deleteFile(task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list the files of " + table.name(), e);
    }
    commit(overwrite, rows);
  }

  /** A change that fails if anybody has changed anything since {@link #load}. */
  private OverwriteFiles unchanged() {
    OverwriteFiles overwrite =
        table
            .newOverwrite()
            .conflictDetectionFilter(Expressions.alwaysTrue())
            .validateNoConflictingData()
            .validateNoConflictingDeletes();
    return cachedSnapshot >= 0 ? overwrite.validateFromSnapshot(cachedSnapshot) : overwrite;
  }

  private void commit(OverwriteFiles overwrite, List<SegmentIndex> added) {
    DataFile written = added.isEmpty() ? null : write(added);
    if (written != null) {
      overwrite.addFile(written);
    }
    try {
      overwrite.commit();
    } catch (ValidationException e) {
      if (written != null) {
        table.io().deleteFile(written.location());
      }
      throw e;
    }
  }

  private DataFile write(Collection<SegmentIndex> indexes) {
    return RecordFiles.writeData(table, indexes.stream().map(SegmentRows::toRecord).toList());
  }

  private void expire() {
    Snapshot current = table.currentSnapshot();
    if (current == null || current.sequenceNumber() % 20 != 0) {
      return;
    }
    try {
      table.expireSnapshots().commit();
    } catch (RuntimeException e) {
      // The change itself is committed; the next expiry tries again.
      LOG.warn("Could not expire snapshots of the segment registry", e);
    }
  }

  private void load() {
    table.refresh();
    Snapshot current = table.currentSnapshot();
    long snapshot = current == null ? -1 : current.snapshotId();
    if (snapshot == cachedSnapshot) {
      return;
    }
    Map<Long, List<SegmentIndex>> read = new LinkedHashMap<>();
    int files = 0;
    if (current != null) {
      List<SegmentIndex> rows = new ArrayList<>();
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(snapshot).planFiles()) {
        for (FileScanTask task : tasks) {
          read(task, rows);
          files++;
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Could not read " + table.name(), e);
      }
      rows.sort(SegmentRows.ORDER);
      for (SegmentIndex row : rows) {
        read.computeIfAbsent(row.collectionId(), id -> new ArrayList<>()).add(row);
      }
      read.replaceAll((id, list) -> List.copyOf(list));
    }
    cached = read;
    cachedFiles = files;
    cachedSnapshot = snapshot;
  }

  private void read(FileScanTask task, List<SegmentIndex> rows) throws IOException {
    if (!task.deletes().isEmpty()) {
      throw new IllegalStateException(
          task.deletes().getFirst().location()
              + " deletes rows of the segment registry: another engine wrote to it");
    }
    try (CloseableIterable<Record> records =
        RecordFiles.read(
            table.io().newInputFile(task.file()), task.file().format(), table.schema())) {
      records.forEach(row -> rows.add(SegmentRows.fromRecord(row)));
    }
  }

  private record IndexKey(
      long collectionId, long segmentId, int fieldId, long indexId, int version) {
    static IndexKey of(SegmentIndex index) {
      return new IndexKey(
          index.collectionId(),
          index.segmentId(),
          index.fieldId(),
          index.indexId(),
          index.version());
    }
  }
}
