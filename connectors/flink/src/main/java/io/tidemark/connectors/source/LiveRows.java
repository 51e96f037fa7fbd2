package io.tidemark.connectors.source;

import io.tidemark.model.collection.ShardHash;
import io.tidemark.model.column.Column;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which rows of a shard's files are read: those that no delete has hit, whose time is not over, and
 * that no newer row of their key hides, in whatever file it lies. In memory are the keys of the
 * files that are asked about, those of one other file at a time, and the deleted keys. Not
 * thread-safe.
 */
final class LiveRows {
  /** The newest row known of a key. */
  private record Newest(long timestamp, int rank, int file, int row) {}

  private final OpenCollection open;
  private final List<LakeFile> files;
  private final int shard;
  private final long expireBefore;
  private final TailRows tail;
  private final Map<String, Set<Object>> deletedKeys = new HashMap<>();

  /**
   * @param tail of the log, whose rows hide older ones
   */
  LiveRows(OpenCollection open, ScanSplit split, TailRows tail) {
    this.open = open;
    this.shard = split.shard();
    this.expireBefore = split.expireBefore();
    this.tail = tail;
    // Of rows of one key and timestamp the later one counts, so files are in the order of commits.
    this.files =
        open.files(split.snapshotId()).stream()
            .filter(file -> OpenCollection.mayHold(file, split.shard()))
            .sorted(
                Comparator.comparingLong(LakeFile::sequenceNumber).thenComparing(LakeFile::path))
            .toList();
  }

  /** The file of that location. */
  LakeFile file(String path) {
    return files.stream()
        .filter(file -> file.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(path + " is not in the split's snapshot"));
  }

  /** Of each file the positions of the rows to read. */
  List<BitSet> of(List<LakeFile> own) {
    List<BitSet> alive = new ArrayList<>();
    Map<Object, Newest> newest = new HashMap<>();
    for (int file = 0; file < own.size(); file++) {
      BitSet rows = new BitSet();
      alive.add(rows);
      int rank = files.indexOf(own.get(file));
      int at = file;
      visit(
          own.get(file),
          true,
          (key, timestamp, row) -> {
            Newest before = newest.get(key);
            if (before == null || isNewer(timestamp, rank, before)) {
              newest.put(key, new Newest(timestamp, rank, at, row));
              rows.set(row);
              if (before != null) {
                alive.get(before.file()).clear(before.row());
              }
            }
          });
    }
    for (int rank = 0; rank < files.size() && !newest.isEmpty(); rank++) {
      if (!own.contains(files.get(rank))) {
        int other = rank;
        visit(
            files.get(rank),
            false,
            (key, timestamp, row) -> {
              Newest mine = newest.get(key);
              if (mine != null && isNewer(timestamp, other, mine)) {
                newest.remove(key);
                alive.get(mine.file()).clear(mine.row());
              }
            });
      }
    }
    return alive;
  }

  private static boolean isNewer(long timestamp, int rank, Newest than) {
    return timestamp > than.timestamp() || (timestamp == than.timestamp() && rank >= than.rank());
  }

  private interface Visitor {
    void row(Object key, long timestamp, int row);
  }

  /** Every row of the shard that is alive as far as deletes, time and log tell. */
  private void visit(LakeFile file, boolean withTail, Visitor visitor) {
    CollectionSchema schema = open.info().schema();
    boolean foreign = file.shard() == LakeFile.SHARD_UNKNOWN;
    // Rows of other engines may lack what makes a row a row, which their vectors tell.
    LakeRows rows =
        open.table()
            .read(
                file,
                foreign ? schema.vectorFields().stream().map(FieldSchema::id).toList() : List.of());
    Column keys = rows.batch().column(schema.primaryKey().id()).orElseThrow();
    BitSet dead = (BitSet) open.table().positionDeleted(file).clone();
    for (int rejected : rows.rejected()) {
      dead.set(rejected);
    }
    List<Set<Object>> deletes = new ArrayList<>();
    for (DeleteRef delete : file.deletes()) {
      if (delete.byPrimaryKey()) {
        deletes.add(deletedKeys.computeIfAbsent(delete.path(), path -> keys(delete)));
      }
    }
    int shards = open.info().shards();
    for (int row = 0; row < keys.size(); row++) {
      Object key = dead.get(row) ? null : keys.value(row);
      if (key == null || rows.timestamps()[row] < expireBefore) {
        continue;
      }
      if (foreign && ShardHash.shardOf(key, shards) != shard) {
        continue;
      }
      Object deleted = key;
      if (deletes.stream().anyMatch(each -> each.contains(deleted))
          || (withTail && tail.hides(key, rows.timestamps()[row], partition(file, rows, row)))) {
        continue;
      }
      visitor.row(key, rows.timestamps()[row], row);
    }
  }

  private Set<Object> keys(DeleteRef delete) {
    Column keys = open.table().equalityDeleteKeys(delete);
    Set<Object> deleted = new HashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      Object key = keys.value(i);
      if (key != null) {
        deleted.add(key);
      }
    }
    return deleted;
  }

  static String partition(LakeFile file, LakeRows rows, int row) {
    Column several = rows.partitions();
    Object name = several == null ? null : several.value(row);
    return name == null ? file.partition() : name.toString();
  }
}
