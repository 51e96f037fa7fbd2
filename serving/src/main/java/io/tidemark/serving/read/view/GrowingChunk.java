package io.tidemark.serving.read.view;

import io.tidemark.engine.segment.KeyLookup;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.log.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes segments of growing rows: from a record of the log, and from smaller ones. Stateless. */
final class GrowingChunk {
  private static final String ID = "growing";

  private GrowingChunk() {}

  /** The record's rows on the heap, nothing of the record's bytes kept. */
  static RowSegment of(LogRecord.Insert insert, int keyField) {
    EntityBatch rows = insert.rows();
    Map<Integer, Vectors> vectors = new HashMap<>();
    List<Integer> scalars = new ArrayList<>();
    rows.columns()
        .forEach((field, column) -> {
          if (column.type().isVector()) {
            vectors.put(field, Vectors.of(column));
          } else {
            scalars.add(field);
          }
        });
    int[] all = new int[rows.size()];
    Arrays.setAll(all, row -> row);
    long[] timestamps = new long[rows.size()];
    Arrays.fill(timestamps, insert.timestamp());
    return of(
        insert.partition(),
        insert.shard(),
        rows.project(scalars).gather(all),
        timestamps,
        vectors,
        keyField);
  }

  /** The live rows of chunks of one partition and shard, with the same fields, in their order. */
  static RowSegment merge(List<LiveSegment> chunks, int keyField) {
    List<EntityBatch> batches = new ArrayList<>();
    Map<Integer, List<Vectors>> vectors = new HashMap<>();
    int total = chunks.stream().mapToInt(LiveSegment::aliveCount).sum();
    long[] timestamps = new long[total];
    int next = 0;
    for (LiveSegment chunk : chunks) {
      int[] alive = chunk.aliveRows();
      EntityBatch rows = chunk.rows().parts().getFirst();
      boolean whole = alive.length == chunk.rows().size();
      batches.add(whole ? rows : rows.gather(alive));
      chunk
          .rows()
          .segment()
          .vectors()
          .forEach((field, values) ->
              vectors
                  .computeIfAbsent(field, f -> new ArrayList<>())
                  .add(whole ? values : values.gather(alive)));
      for (int row : alive) {
        timestamps[next++] = chunk.rows().segment().timestamp(row);
      }
    }
    Map<Integer, Vectors> joined = new HashMap<>();
    vectors.forEach((field, parts) -> joined.put(field, Vectors.concat(parts)));
    Segment first = chunks.getFirst().rows().segment();
    return of(
        first.partition(),
        first.shard(),
        EntityBatch.concat(batches),
        timestamps,
        joined,
        keyField);
  }

  private static RowSegment of(
      String partition,
      int shard,
      EntityBatch scalars,
      long[] timestamps,
      Map<Integer, Vectors> vectors,
      int keyField) {
    Column keys = keyColumn(scalars, keyField);
    Segment segment =
        new Segment(
            ID, partition, shard, scalars, timestamps, vectors, Map.of(), KeyLookup.of(keys));
    return new RowSegment(segment, keyField, List.of(scalars), null, Map.of());
  }

  static Column keyColumn(EntityBatch rows, int keyField) {
    return rows.column(keyField)
        .orElseThrow(
            () -> new IllegalArgumentException("an insert without its key, field " + keyField));
  }

  /** Whether {@link #merge} can join them. */
  static boolean sameFields(RowSegment a, RowSegment b) {
    return a.parts().getFirst().columns().keySet().equals(b.parts().getFirst().columns().keySet())
        && a.segment().vectors().keySet().equals(b.segment().vectors().keySet());
  }
}
