package io.tidemark.model.column;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Rows as columns, by field id. All columns have {@link #size()} rows. A field that a batch lacks
 * (it was added later) reads as null or as its default. Immutable, safe for concurrent reads.
 */
public final class EntityBatch {
  private final int size;
  private final Map<Integer, Column> columns;

  /**
   * @param columns by field id; copied
   * @throws IllegalArgumentException if a column has another number of rows
   */
  public EntityBatch(int size, Map<Integer, Column> columns) {
    this.size = size;
    this.columns = Collections.unmodifiableMap(new TreeMap<>(columns));
    columns.forEach((id, column) -> {
      if (column.size() != size) {
        throw new IllegalArgumentException(
            "column " + id + " has " + column.size() + " rows, the batch " + size);
      }
    });
  }

  public int size() {
    return size;
  }

  /** By field id, ascending. */
  public Map<Integer, Column> columns() {
    return columns;
  }

  public Optional<Column> column(int fieldId) {
    return Optional.ofNullable(columns.get(fieldId));
  }

  /** A new batch of the given rows, in that order. */
  public EntityBatch gather(int[] rows) {
    Map<Integer, Column> gathered = new TreeMap<>();
    columns.forEach((id, column) -> gathered.put(id, column.gather(rows)));
    return new EntityBatch(rows.length, gathered);
  }

  /** The same rows with only these fields. */
  public EntityBatch project(Iterable<Integer> fieldIds) {
    Map<Integer, Column> kept = new TreeMap<>();
    for (Integer id : fieldIds) {
      Column column = columns.get(id);
      if (column != null) {
        kept.put(id, column);
      }
    }
    return new EntityBatch(size, kept);
  }

  /** The batches' rows one after another; every batch has the same fields, with the same types. */
  public static EntityBatch concat(List<EntityBatch> batches) {
    if (batches.size() == 1) {
      return batches.getFirst();
    }
    int total = 0;
    for (EntityBatch batch : batches) {
      total += batch.size;
      if (!batch.columns.keySet().equals(batches.getFirst().columns.keySet())) {
        throw new IllegalArgumentException(
            "batches have other fields: "
                + batches.getFirst().columns.keySet()
                + " and "
                + batch.columns.keySet());
      }
    }
    Map<Integer, Column> joined = new TreeMap<>();
    for (Integer id : batches.getFirst().columns.keySet()) {
      List<Column> parts = new ArrayList<>(batches.size());
      for (EntityBatch batch : batches) {
        parts.add(batch.column(id).orElseThrow());
      }
      joined.put(id, ColumnBuilder.concat(parts, total));
    }
    return new EntityBatch(total, joined);
  }
}
