package io.tidemark.serving.read.view;

import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.ColumnCodec;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a segment, growing or sealed: the engine's {@link Segment} for searching, and beside
 * it the other columns in parts, one per data file, over which the segment's ordinals run on.
 * Immutable and safe for concurrent use but for {@link #retain} and {@link #release}, which are
 * safe too.
 */
public final class RowSegment {
  private final Segment segment;
  private final int keyField;
  private final List<EntityBatch> parts;
  private final int[] starts;
  private final @Nullable Column partitions;
  private final Map<Integer, Metric> indexMetrics;
  private final long oldest;
  private final long newest;
  private final long bytes;
  private final AtomicInteger owners = new AtomicInteger();
  private final FilterCache filters = new FilterCache();
  private volatile @Nullable RowAges ages;

  /** By field, what searches took while there was no index in the table. */
  private volatile Map<Integer, Interim> interim = Map.of();

  /**
   * @param keyField id of the primary key, which every part has
   * @param parts the columns, without vectors; together as many rows as the segment
   * @param partitions VARCHAR, per row, if the rows are of several; then the segment's own
   *     partition says nothing
   * @param indexMetrics by field, what each of the segment's indexes is for
   */
  public RowSegment(
      Segment segment,
      int keyField,
      List<EntityBatch> parts,
      @Nullable Column partitions,
      Map<Integer, Metric> indexMetrics) {
    this.segment = segment;
    this.keyField = keyField;
    this.parts = List.copyOf(parts);
    this.partitions = partitions;
    this.indexMetrics = Map.copyOf(indexMetrics);
    this.starts = new int[parts.size() + 1];
    for (int part = 0; part < parts.size(); part++) {
      starts[part + 1] = starts[part] + parts.get(part).size();
    }
    if (starts[parts.size()] != segment.size()) {
      throw new IllegalArgumentException(
          "segment %s has %d rows, its parts %d"
              .formatted(segment.id(), segment.size(), starts[parts.size()]));
    }
    long[] timestamps = segment.timestamps();
    this.oldest = Arrays.stream(timestamps).min().orElse(Long.MAX_VALUE);
    this.newest = Arrays.stream(timestamps).max().orElse(Long.MIN_VALUE);
    this.bytes = segment.bytes() + parts.stream().mapToLong(ColumnCodec::encodedSize).sum();
  }

  public Segment segment() {
    return segment;
  }

  public int size() {
    return segment.size();
  }

  public List<EntityBatch> parts() {
    return parts;
  }

  /** Ordinal of a part's first row. */
  public int start(int part) {
    return starts[part];
  }

  /** The part that holds an ordinal. */
  public int partOf(int ordinal) {
    int found = Arrays.binarySearch(starts, ordinal);
    if (found < 0) {
      return -found - 2;
    }
    // Of parts without rows the last starts where the row is.
    while (starts[found + 1] == ordinal) {
      found++;
    }
    return found;
  }

  /** Long or String; null for a row that no read may show. */
  public @Nullable Object key(int row) {
    int part = parts.size() == 1 ? 0 : partOf(row);
    Column keys = parts.get(part).columns().get(keyField);
    return keys == null ? null : keys.value(row - starts[part]);
  }

  /** VARCHAR, per row, if the rows are of several partitions. */
  public @Nullable Column partitions() {
    return partitions;
  }

  /** The same rows with other indexes. */
  public RowSegment withIndexes(
      Map<Integer, VectorIndex> indexes, Map<Integer, Metric> newIndexMetrics) {
    return new RowSegment(with(indexes), keyField, parts, partitions, newIndexMetrics);
  }

  /** The same rows with an index more. */
  RowSegment withIndex(int fieldId, Metric metric, VectorIndex index) {
    Map<Integer, VectorIndex> indexes = new HashMap<>(segment.indexes());
    Map<Integer, Metric> metrics = new HashMap<>(indexMetrics);
    indexes.put(fieldId, index);
    metrics.put(fieldId, metric);
    return withIndexes(indexes, metrics);
  }

  private Segment with(Map<Integer, VectorIndex> indexes) {
    return new Segment(
        segment.id(),
        segment.partition(),
        segment.shard(),
        segment.rows(),
        segment.timestamps(),
        segment.vectors(),
        indexes,
        segment.keys());
  }

  /** Heap bytes that the rows of kept filters take at most. */
  public long filterBytes() {
    return (long) FilterCache.BYTES_PER_ROW * size();
  }

  /** Bytes of everything, on the heap or mapped, about. */
  public long bytes() {
    return bytes;
  }

  /** The smallest timestamp; {@link Long#MAX_VALUE} without rows. */
  public long oldest() {
    return oldest;
  }

  /** The largest timestamp; {@link Long#MIN_VALUE} without rows. */
  public long newest() {
    return newest;
  }

  /** The rows with a timestamp below {@code cutoff}; not to be written to. */
  BitSet olderThan(long cutoff) {
    RowAges known = ages;
    if (known == null) {
      // Made twice by readers that race, which changes nothing.
      known = new RowAges(segment.timestamps());
      ages = known;
    }
    return known.olderThan(cutoff);
  }

  /** Whether rows of that partition may be in it. */
  public boolean mayHold(String partition) {
    return partitions != null || segment.partition().equals(partition);
  }

  public boolean isIn(int row, String partition) {
    return partitions == null
        ? segment.partition().equals(partition)
        : partition.equals(partitions.value(row));
  }

  /** The segment with an index that is only in memory. */
  private record Interim(Metric metric, Segment segment) {}

  /**
   * From now on searches of the field with that metric take this index, until the rows are read
   * again with one of the table. Nobody closes it: it is to hold nothing but memory.
   */
  synchronized void takeInterim(int fieldId, Metric metric, VectorIndex index) {
    Map<Integer, VectorIndex> indexes = new HashMap<>(segment.indexes());
    indexes.put(fieldId, index);
    Map<Integer, Interim> more = new HashMap<>(interim);
    more.put(fieldId, new Interim(metric, with(indexes)));
    interim = Map.copyOf(more);
  }

  /** Heap bytes of the indexes that are only in memory. */
  public long interimBytes() {
    return interim.entrySet().stream()
        .mapToLong(
            own -> own.getValue().segment.index(own.getKey()).map(VectorIndex::bytes).orElse(0L))
        .sum();
  }

  /** The engine's segment for a search with that metric: an index built for another is left out. */
  public Segment searchable(int fieldId, Metric metric) {
    Interim own = interim.get(fieldId);
    if (own != null && own.metric == metric) {
      return own.segment;
    }
    Metric built = indexMetrics.get(fieldId);
    return built == null || built == metric ? segment : with(Map.of());
  }

  /** The type of the table's index that such a search may use; empty if there is none. */
  public Optional<IndexType> indexType(int fieldId, Metric metric) {
    return indexMetrics.get(fieldId) == metric
        ? segment.index(fieldId).map(VectorIndex::type)
        : Optional.empty();
  }

  /**
   * The rows of the given partitions.
   *
   * @param wanted empty for all
   * @return null for all rows
   */
  public @Nullable BitSet inPartitions(Set<String> wanted) {
    if (wanted.isEmpty()) {
      return null;
    }
    if (partitions == null) {
      return wanted.contains(segment.partition()) ? null : new BitSet();
    }
    BitSet rows = new BitSet(size());
    BytesColumn names = (BytesColumn) partitions;
    for (int row = 0; row < size(); row++) {
      rows.set(row, wanted.contains(names.string(row)));
    }
    return rows;
  }

  /**
   * The rows that pass, dead ones included.
   *
   * @return the caller's own; null for all rows
   */
  public @Nullable BitSet passing(Filter filter, CollectionSchema schema) {
    if (filter.matchesAll()) {
      return null;
    }
    List<Object> wanted = filter.primaryKeys().orElse(null);
    if (wanted != null) {
      BitSet rows = new BitSet(size());
      wanted.forEach(key -> segment.keys().forEachRow(key, rows::set));
      return rows;
    }
    return filters.passing(filter, () -> evaluate(filter, schema));
  }

  private BitSet evaluate(Filter filter, CollectionSchema schema) {
    if (parts.size() == 1) {
      return filter.evaluate(parts.getFirst(), schema);
    }
    BitSet rows = new BitSet(size());
    for (int part = 0; part < parts.size(); part++) {
      int start = starts[part];
      filter.evaluate(parts.get(part), schema).stream().forEach(row -> rows.set(start + row));
    }
    return rows;
  }

  /** Values of some rows; the field's default, or null, if they were written without it. */
  public Column gather(FieldSchema field, int[] rows) {
    if (field.type().isVector()) {
      return gatherVectors(field, rows);
    }
    if (parts.size() == 1) {
      return gather(field, parts.getFirst(), rows);
    }
    int[] part = new int[rows.length];
    int[] rowOf = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      part[i] = partOf(rows[i]);
      rowOf[i] = rows[i] - starts[part[i]];
    }
    return Scattered.gather(
        parts.size(), part, rowOf, (source, of) -> gather(field, parts.get(source), of));
  }

  private static Column gather(FieldSchema field, EntityBatch part, int[] rows) {
    Column column = part.columns().get(field.id());
    return column == null
        ? ColumnBuilder.constant(field, field.defaultValue(), rows.length)
        : column.gather(rows);
  }

  private Column gatherVectors(FieldSchema field, int[] rows) {
    Vectors vectors = segment.vectors(field.id()).orElse(null);
    if (vectors == null) {
      return ColumnBuilder.constant(field, null, rows.length);
    }
    return vectors.gather(rows).column();
  }

  /** One more owner: a set of sealed segments that this is in. */
  void retain() {
    owners.incrementAndGet();
  }

  /** One owner less; the last closes the indexes. */
  void release() {
    if (owners.decrementAndGet() == 0) {
      segment.close();
    }
  }
}
