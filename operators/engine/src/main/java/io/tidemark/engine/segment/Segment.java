package io.tidemark.engine.segment;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.EntityBatch;
import java.util.Map;
import java.util.Optional;

/**
 * Rows that are searched together; a row's ordinal is its place in all of the parts. Immutable:
 * what is deleted is told by an {@link AliveSegment} over it. Vectors are on the heap, the other
 * columns where {@link EntityBatch} has them. Safe for concurrent use.
 */
public final class Segment implements AutoCloseable {
  /** The shard of a segment that holds rows of any. */
  public static final int ANY_SHARD = -1;

  private final String id;
  private final String partition;
  private final int shard;
  private final EntityBatch rows;
  private final long[] timestamps;
  private final Map<Integer, Vectors> vectors;
  private final Map<Integer, VectorIndex> indexes;
  private final KeyLookup keys;

  /**
   * @param id unique among the segments of a collection, for logs
   * @param rows without the vector fields or with them; those of {@code vectors} are searched
   * @param timestamps hybrid, one per row; kept, not copied
   * @param vectors by field id, one row each
   * @param indexes by field id; closed with the segment
   * @param keys over the primary key's column
   * @throws IllegalArgumentException if a part has another number of rows
   */
  public Segment(
      String id,
      String partition,
      int shard,
      EntityBatch rows,
      long[] timestamps,
      Map<Integer, Vectors> vectors,
      Map<Integer, VectorIndex> indexes,
      KeyLookup keys) {
    this.id = id;
    this.partition = partition;
    this.shard = shard;
    this.rows = rows;
    this.timestamps = timestamps;
    this.vectors = Map.copyOf(vectors);
    this.indexes = Map.copyOf(indexes);
    this.keys = keys;
    if (timestamps.length != rows.size()) {
      throw new IllegalArgumentException(
          "segment " + id + ": " + timestamps.length + " timestamps for " + rows.size() + " rows");
    }
    this.vectors.forEach((field, column) -> {
      if (column.size() != rows.size()) {
        throw new IllegalArgumentException(
            "segment %s: field %d has %d vectors for %d rows"
                .formatted(id, field, column.size(), rows.size()));
      }
    });
    if (!this.vectors.keySet().containsAll(this.indexes.keySet())) {
      throw new IllegalArgumentException(
          "segment %s: indexes of fields %s, but vectors only of %s"
              .formatted(id, this.indexes.keySet(), this.vectors.keySet()));
    }
  }

  public String id() {
    return id;
  }

  public String partition() {
    return partition;
  }

  /** The shard of all its rows, or {@link #ANY_SHARD}. */
  public int shard() {
    return shard;
  }

  /** Rows, dead ones included. */
  public int size() {
    return timestamps.length;
  }

  public EntityBatch rows() {
    return rows;
  }

  /** Hybrid timestamp of a row's write. */
  public long timestamp(int row) {
    return timestamps[row];
  }

  /** One per row; not to be written to. */
  public long[] timestamps() {
    return timestamps;
  }

  public Optional<Vectors> vectors(int fieldId) {
    return Optional.ofNullable(vectors.get(fieldId));
  }

  public Map<Integer, Vectors> vectors() {
    return vectors;
  }

  public Optional<VectorIndex> index(int fieldId) {
    return Optional.ofNullable(indexes.get(fieldId));
  }

  public Map<Integer, VectorIndex> indexes() {
    return indexes;
  }

  public KeyLookup keys() {
    return keys;
  }

  /** Heap bytes of vectors, timestamps, indexes and keys; mapped columns are not counted. */
  public long bytes() {
    return 8L * timestamps.length
        + keys.bytes()
        + vectors.values().stream().mapToLong(Vectors::bytes).sum()
        + indexes.values().stream().mapToLong(VectorIndex::bytes).sum();
  }

  /** Closes the indexes. The caller sees to it that no search is running. */
  @Override
  public void close() {
    indexes.values().forEach(VectorIndex::close);
  }
}
