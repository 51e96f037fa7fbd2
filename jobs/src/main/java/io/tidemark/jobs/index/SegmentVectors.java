package io.tidemark.jobs.index;

import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.Column;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.DeleteRef;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an index build reads of a segment: the vectors of each field over all rows of its files in
 * order, and which rows are worth indexing, those that no delete has hit yet and that have valid
 * vectors.
 */
public final class SegmentVectors {
  private final Map<Integer, Vectors> byField;
  private final BitSet alive;

  private SegmentVectors(Map<Integer, Vectors> byField, BitSet alive) {
    this.byField = byField;
    this.alive = alive;
  }

  /**
   * Of rows at hand.
   *
   * @param byField by field id, over all rows of the segment
   * @param alive the rows worth indexing; not to be written to any more
   */
  public static SegmentVectors of(Map<Integer, Vectors> byField, BitSet alive) {
    return new SegmentVectors(Map.copyOf(byField), alive);
  }

  /** Over all rows of the segment, which may lack some. */
  public Vectors of(IndexDefinition definition) {
    return Objects.requireNonNull(byField.get(definition.fieldId()));
  }

  /** Rows that no delete has hit; not to be written to. */
  public BitSet alive() {
    return alive;
  }

  /** Bytes of the task's files that are live in the table's current snapshot. */
  static long fileBytes(LakeTable table, IndexTask task) {
    Set<String> sources =
        task.sources().stream().map(SegmentIndex.SourceFile::path).collect(Collectors.toSet());
    return table.snapshot().files().stream()
        .filter(file -> sources.contains(file.path()))
        .mapToLong(LakeFile::bytes)
        .sum();
  }

  /** Empty if a source is no longer live in the table's current snapshot. */
  public static Optional<SegmentVectors> read(LakeTable table, IndexTask task) {
    Map<String, LakeFile> live =
        table.snapshot().files().stream()
            .collect(Collectors.toMap(LakeFile::path, Function.identity()));
    List<Integer> fields = task.definitions().stream().map(IndexDefinition::fieldId).toList();
    Map<Integer, List<Vectors>> parts = new HashMap<>();
    Map<DeleteRef, Set<Object>> deleted = new HashMap<>();
    BitSet alive = new BitSet();
    int base = 0;
    for (SegmentIndex.SourceFile source : task.sources()) {
      LakeFile file = live.get(source.path());
      if (file == null || file.rows() != source.rows()) {
        return Optional.empty();
      }
      LakeRows rows = table.read(file, fields);
      for (Integer field : fields) {
        parts.computeIfAbsent(field, f -> new ArrayList<>()).add(vectors(table, rows, field, file));
      }
      BitSet dead = dead(table, file, rows, deleted);
      for (int row = dead.nextClearBit(0);
          row < rows.batch().size();
          row = dead.nextClearBit(row + 1)) {
        alive.set(base + row);
      }
      base += rows.batch().size();
    }
    Map<Integer, Vectors> byField = new HashMap<>();
    parts.forEach((field, vectors) -> byField.put(field, Vectors.concat(vectors)));
    return Optional.of(new SegmentVectors(byField, alive));
  }

  private static Vectors vectors(LakeTable table, LakeRows rows, int field, LakeFile file) {
    FieldSchema schema = table.info().schema().field(field).orElseThrow();
    Column column = rows.batch().column(field).orElse(null);
    if (column == null && schema.nullable()) {
      return Vectors.absent(schema, rows.batch().size());
    }
    if (column == null || column.type() != schema.type()) {
      throw new IllegalStateException(
          "field "
              + field
              + " was read from "
              + file.path()
              + " and is "
              + (column == null ? "not there" : column.type() + ", an index is over vectors"));
    }
    return Vectors.of(column);
  }

  private static BitSet dead(
      LakeTable table, LakeFile file, LakeRows rows, Map<DeleteRef, Set<Object>> cache) {
    BitSet dead = table.positionDeleted(file);
    for (int row : rows.rejected()) {
      dead.set(row);
    }
    CollectionSchema schema = table.info().schema();
    Column keys = rows.batch().column(schema.primaryKey().id()).orElseThrow();
    for (DeleteRef delete : file.deletes()) {
      if (delete.byPrimaryKey()) {
        Set<Object> killed = cache.computeIfAbsent(delete, d -> keys(table.equalityDeleteKeys(d)));
        for (int row = 0; row < keys.size(); row++) {
          Object key = keys.value(row);
          if (key != null && killed.contains(key)) {
            dead.set(row);
          }
        }
      }
    }
    return dead;
  }

  private static Set<Object> keys(Column column) {
    Set<Object> keys = new HashSet<>();
    for (int row = 0; row < column.size(); row++) {
      Object key = column.value(row);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }
}
