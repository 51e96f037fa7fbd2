package io.tidemark.engine.window;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The net effect of a run of one vchannel's log.
 *
 * <p>The rule: a row dies if a later record deletes its key everywhere, deletes its key in its
 * partition, upserts its key, drops its partition, or drops the collection. All other rows survive,
 * so of an upserted key at most the newest row and what was plainly inserted after it; plain
 * inserts that repeat a key are all kept. Each key that any record deleted or upserted, and each
 * partition that was dropped, is reported too: it kills rows from before the run, whether or not
 * the run holds a row of it. After a dropped collection nothing counts, since its id is never used
 * again.
 *
 * <p>Walking the records backwards, what has been seen is exactly what is later, so one pass over
 * the rows is enough.
 */
public final class NetEffect {
  private final int keyField;
  private final Set<Object> deleted = new LinkedHashSet<>();
  private final Map<String, Set<Object>> deletedByPartition = new LinkedHashMap<>();
  private final Set<String> droppedPartitions = new LinkedHashSet<>();
  private final List<NetChange.Rows> newestFirst = new ArrayList<>();
  private long rowsRead;

  private NetEffect(CollectionSchema schema) {
    this.keyField = schema.primaryKey().id();
  }

  /**
   * @param inOrder one vchannel's records, timestamps strictly increasing
   * @param schema tells which field is the key
   * @throws IllegalArgumentException if an insert has no key column
   */
  public static NetChange of(List<LogRecord.Channel> inOrder, CollectionSchema schema) {
    NetEffect effect = new NetEffect(schema);
    for (LogRecord.Channel record : inOrder.reversed()) {
      switch (record) {
        case LogRecord.Insert insert -> effect.insert(insert);
        case LogRecord.Delete delete -> effect.delete(delete);
        case LogRecord.DropPartition drop -> effect.droppedPartitions.add(drop.partition());
        case LogRecord.DropCollection drop -> {
          return NetChange.DROPPED;
        }
        case LogRecord.Flush flush -> {
          // Ends windows, changes nothing.
        }
      }
    }
    return effect.change();
  }

  private void insert(LogRecord.Insert insert) {
    EntityBatch rows = insert.rows();
    Column keys =
        rows.column(keyField)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "insert at " + insert.timestamp() + " has no column of key field " + keyField));
    rowsRead += rows.size();
    EntityBatch alive =
        droppedPartitions.contains(insert.partition())
            ? rows.gather(new int[0])
            : alive(insert, keys);
    if (alive.size() > 0) {
      newestFirst.add(new NetChange.Rows(insert.partition(), insert.timestamp(), alive));
    }
    if (insert.upsert()) {
      for (int row = 0; row < keys.size(); row++) {
        deleted.add(key(keys, row));
      }
    }
  }

  private EntityBatch alive(LogRecord.Insert insert, Column keys) {
    Set<Object> here = deletedByPartition.getOrDefault(insert.partition(), Set.of());
    if (deleted.isEmpty() && here.isEmpty()) {
      return insert.rows();
    }
    int[] alive = new int[keys.size()];
    int count = 0;
    for (int row = 0; row < keys.size(); row++) {
      Object key = key(keys, row);
      if (!deleted.contains(key) && !here.contains(key)) {
        alive[count++] = row;
      }
    }
    return count == keys.size() ? insert.rows() : insert.rows().gather(Arrays.copyOf(alive, count));
  }

  private void delete(LogRecord.Delete delete) {
    Set<Object> target =
        delete.partition().isEmpty()
            ? deleted
            : deletedByPartition.computeIfAbsent(delete.partition(), p -> new LinkedHashSet<>());
    for (int row = 0; row < delete.keys().size(); row++) {
      target.add(key(delete.keys(), row));
    }
  }

  private static Object key(Column keys, int row) {
    return Objects.requireNonNull(keys.value(row), () -> "row " + row + " has no key");
  }

  private NetChange change() {
    deletedByPartition.values().forEach(keys -> keys.removeAll(deleted));
    deletedByPartition.values().removeIf(Set::isEmpty);
    Collections.reverse(newestFirst);
    return new NetChange(
        newestFirst, deleted, deletedByPartition, droppedPartitions, false, rowsRead);
  }
}
