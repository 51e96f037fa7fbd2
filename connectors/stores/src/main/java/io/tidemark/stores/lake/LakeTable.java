package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeSchemas.positionProperty;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.Column;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.relocated.com.google.common.collect.MapMaker;
import org.jspecify.annotations.Nullable;

/**
 * One collection's table, as of the last {@link #refresh}: info, positions and snapshot always
 * belong together. Follows the collection through renames. Thread-safe.
 *
 * <p>Every method may throw Iceberg's runtime exceptions when files or the catalog cannot be read;
 * an expired snapshot's files are gone.
 */
public final class LakeTable {
  private static final int ATTEMPTS_MAX = 5;

  private final Supplier<Optional<Table>> loader;
  private final long collectionId;
  private final TidemarkException notFound;

  /** By identity: an entry lives as long as the caller holds the file that a snapshot gave it. */
  private final Map<LakeFile, FileScanTask> tasks = new MapMaker().weakKeys().makeMap();

  private Table table;
  private TableMetadata metadata;
  private CollectionInfo info;
  private @Nullable LakeSnapshot snapshot;

  /**
   * @param loader the collection's table as the catalog has it, whatever its name is
   * @param notFound what to throw when there is none
   */
  LakeTable(Supplier<Optional<Table>> loader, long collectionId, TidemarkException notFound) {
    this.loader = loader;
    this.collectionId = collectionId;
    this.notFound = notFound;
    this.table = load();
    this.metadata = metadata(table);
    this.info = decode(table, metadata);
  }

  private Table load() {
    Optional<Table> loaded = loader.get();
    if (loaded.isEmpty()) {
      throw new TidemarkException(notFound.code(), String.valueOf(notFound.getMessage()));
    }
    return loaded.get();
  }

  /** Iceberg's own handle. Commit through it only what leaves positions alone. */
  public synchronized Table iceberg() {
    return table;
  }

  public synchronized CollectionInfo info() {
    return info;
  }

  /**
   * Looks for a newer state.
   *
   * @return whether there is one
   * @throws TidemarkException COLLECTION_NOT_FOUND if it was dropped
   */
  public synchronized boolean refresh() {
    Table refreshed = table;
    try {
      refreshed.refresh();
      if (Long.parseLong(refreshed.properties().getOrDefault(CollectionProperties.ID, "-1"))
          != collectionId) {
        refreshed = load();
      }
    } catch (NoSuchTableException | IllegalStateException e) {
      // Renamed or dropped; an IllegalStateException says that the name is another table's now.
      refreshed = load();
    }
    TableMetadata newer = metadata(refreshed);
    table = refreshed;
    if (newer.metadataFileLocation().equals(metadata.metadataFileLocation())
        && identifier(refreshed).name().equals(info.name())
        && identifier(refreshed).namespace().level(0).equals(info.database())) {
      return false;
    }
    info = decode(refreshed, newer);
    metadata = newer;
    snapshot = null;
    return true;
  }

  /** The hybrid timestamp up to which the shard's log is in the table. */
  public synchronized long position(int shard) {
    return position(metadata, info, shard);
  }

  static long position(TableMetadata metadata, CollectionInfo info, int shard) {
    String position = metadata.properties().get(positionProperty(shard));
    return position == null ? info.createdTimestamp() : Long.parseLong(position);
  }

  /**
   * The current snapshot; planned once per state of the table. If it has expired since the last
   * {@link #refresh}, refreshes.
   */
  public synchronized LakeSnapshot snapshot() {
    for (int attempt = 1; snapshot == null; attempt++) {
      try {
        snapshot = new SnapshotPlanner(table, metadata, info, tasks).current();
      } catch (RuntimeException e) {
        // Storages say in different words that a manifest is gone; the table says why it may be.
        if (attempt == ATTEMPTS_MAX || !refresh()) {
          throw e;
        }
      }
    }
    return snapshot;
  }

  /** An older snapshot, if it has not expired; planned at each call. */
  public LakeSnapshot snapshot(long snapshotId) {
    SnapshotPlanner planner;
    synchronized (this) {
      if (table.snapshot(snapshotId) == null) {
        throw TidemarkException.invalid(
            "snapshot " + snapshotId + " of table " + table.name() + " has expired");
      }
      planner = new SnapshotPlanner(table, metadata, info, tasks);
    }
    return planner.of(snapshotId);
  }

  /** The states that can still be read, as of the last {@link #refresh}, newest first. */
  public synchronized List<LakeMoment> history() {
    return new SnapshotHistory(metadata, info).moments();
  }

  /** All fields of a data file; one of vectors that may be null is left out if all are. */
  public LakeRows read(LakeFile file) {
    return read(file, info().schema().fields().stream().map(f -> f.id()).toList());
  }

  /**
   * Some fields of a data file; the primary key is always among the answer. Only what these fields
   * hold makes a row rejected.
   */
  public LakeRows read(LakeFile file, Collection<Integer> fieldIds) {
    DataFileReader reader;
    synchronized (this) {
      reader = new DataFileReader(table, info.schema());
    }
    return reader.read(file, task(file).file(), fieldIds);
  }

  /**
   * Some fields of a data file that was written for this table and that no commit has named yet.
   */
  public LakeRows readUncommitted(DataFile file, Collection<Integer> fieldIds) {
    DataFileReader reader;
    synchronized (this) {
      reader = new DataFileReader(table, info.schema());
    }
    LakeFile unplaced =
        new LakeFile(
            file.location(),
            file.recordCount(),
            file.fileSizeInBytes(),
            0,
            0,
            Partition.DEFAULT_NAME,
            LakeFile.SHARD_UNKNOWN,
            List.of());
    return reader.read(unplaced, file, fieldIds);
  }

  /**
   * The share of a file's rows that were written before {@code timestamp}, 0 to 1, as far as its
   * bounds tell, as if rows were written evenly between the first and the last.
   */
  public double olderShare(LakeFile file, long timestamp) {
    DataFile content = task(file).file();
    synchronized (this) {
      return FileBounds.shareBelow(
          table, content, CollectionSchema.TIMESTAMP_COLUMN, timestamp, file.addedTimestamp());
    }
  }

  /**
   * The primary keys that an equality delete kills, INT64 or VARCHAR, never null; read anew at each
   * call.
   *
   * @throws IllegalArgumentException if {@code delete} is not {@link DeleteRef#byPrimaryKey}
   */
  public Column equalityDeleteKeys(DeleteRef delete) {
    if (!delete.byPrimaryKey()) {
      throw new IllegalArgumentException(delete + " deletes by something else than the key");
    }
    DataFileReader reader;
    synchronized (this) {
      reader = new DataFileReader(table, info.schema());
    }
    return reader.keys(delete.path());
  }

  /**
   * The positions of a data file's rows that are dead by position deletes, deletion vectors, or
   * equality deletes on anything but just the primary key.
   */
  public BitSet positionDeleted(LakeFile file) {
    if (file.deletes().stream().allMatch(DeleteRef::byPrimaryKey)) {
      return new BitSet();
    }
    RowDeletes deletes;
    synchronized (this) {
      deletes = new RowDeletes(table, info.schema());
    }
    return deletes.of(task(file));
  }

  private FileScanTask task(LakeFile file) {
    FileScanTask task = tasks.get(file);
    if (task == null) {
      throw new IllegalArgumentException(
          file.path() + " does not come from a snapshot of this table handle");
    }
    return task;
  }

  static TableMetadata metadata(Table table) {
    return ((HasTableOperations) table).operations().current();
  }

  private static CollectionInfo decode(Table table, TableMetadata metadata) {
    TableIdentifier identifier = identifier(table);
    return CollectionProperties.decode(
        identifier.namespace().level(0), identifier.name(), metadata.properties());
  }

  /** The catalog names its tables {@code CATALOG.DATABASE.TABLE}. */
  private static TableIdentifier identifier(Table table) {
    String[] parts = ((BaseTable) table).name().split("\\.", -1);
    return TableIdentifier.of(parts[parts.length - 2], parts[parts.length - 1]);
  }
}
