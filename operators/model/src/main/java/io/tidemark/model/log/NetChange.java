package io.tidemark.model.log;

import io.tidemark.model.column.EntityBatch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run of one vchannel's log comes to: apply the deletes to everything older than the run,
 * then add the rows.
 *
 * @param rows that survived, in log order; of plain inserts with one key all
 * @param deletedKeys Long or String: kill the older rows of each, in every partition
 * @param deletedKeysByPartition kill the older rows of each in that partition only; none is in
 *     {@code deletedKeys} too
 * @param droppedPartitions kill all older rows in them
 * @param collectionDropped nothing is left, the rest is empty
 * @param rowsRead rows of all inserts, dead ones included
 */
public record NetChange(
    List<Rows> rows,
    Set<Object> deletedKeys,
    Map<String, Set<Object>> deletedKeysByPartition,
    Set<String> droppedPartitions,
    boolean collectionDropped,
    long rowsRead) {
  public static final NetChange DROPPED =
      new NetChange(List.of(), Set.of(), Map.of(), Set.of(), true, 0);

  public NetChange {
    rows = List.copyOf(rows);
    deletedKeys = Collections.unmodifiableSet(new LinkedHashSet<>(deletedKeys));
    Map<String, Set<Object>> byPartition = new LinkedHashMap<>();
    deletedKeysByPartition.forEach((partition, keys) ->
        byPartition.put(partition, Collections.unmodifiableSet(new LinkedHashSet<>(keys))));
    deletedKeysByPartition = Collections.unmodifiableMap(byPartition);
    droppedPartitions = Collections.unmodifiableSet(new LinkedHashSet<>(droppedPartitions));
  }

  /**
   * Rows that were written together.
   *
   * @param timestamp of each of them, hybrid
   */
  public record Rows(String partition, long timestamp, EntityBatch batch) {}

  public long survivingRows() {
    return rows.stream().mapToLong(r -> r.batch().size()).sum();
  }
}
