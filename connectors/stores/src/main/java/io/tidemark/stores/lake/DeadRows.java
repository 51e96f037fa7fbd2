package io.tidemark.stores.lake;

import io.tidemark.model.column.Column;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which rows the deletes of a snapshot have hit. Keeps the keys of equality deletes, so one of
 * these is for files of one table that are looked at together. Not thread-safe.
 */
public final class DeadRows {
  private final LakeTable table;
  private final Map<DeleteRef, Set<Object>> keys = new HashMap<>();

  public DeadRows(LakeTable table) {
    this.table = table;
  }

  /**
   * Positions of the file's rows that position deletes, deletion vectors or equality deletes have
   * hit; rejected rows are there only if they were deleted too.
   *
   * @param rows of this file, with the primary key
   */
  public BitSet of(LakeFile file, LakeRows rows) {
    BitSet dead = table.positionDeleted(file);
    int keyField = table.info().schema().primaryKey().id();
    Column column = rows.batch().column(keyField).orElseThrow();
    for (DeleteRef delete : file.deletes()) {
      if (delete.byPrimaryKey()) {
        mark(column, keys.computeIfAbsent(delete, this::read), dead);
      }
    }
    return dead;
  }

  private static void mark(Column column, Set<Object> killed, BitSet dead) {
    for (int row = 0; row < column.size(); row++) {
      Object key = column.value(row);
      if (key != null && killed.contains(key)) {
        dead.set(row);
      }
    }
  }

  private Set<Object> read(DeleteRef delete) {
    Column column = table.equalityDeleteKeys(delete);
    Set<Object> read = new HashSet<>();
    for (int row = 0; row < column.size(); row++) {
      Object key = column.value(row);
      if (key != null) {
        read.add(key);
      }
    }
    return read;
  }
}
