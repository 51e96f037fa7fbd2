package io.tidemark.serving.read;

import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.KeyOrder;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One query over one view. Rows come in the order of their keys, the newest row of a key only. Of
 * the rows that pass, just the {@code offset + limit} smallest keys are ever held.
 */
final class QueryRun {
  /** What evaluating a filter on a row costs, in multiplications, about. */
  private static final double FILTER_COST = 16;

  private record Place(int segment, int row, long timestamp) {}

  private final QueryCommand command;
  private final List<LiveSegment> segments;
  private final @Nullable BitSet[] passing;
  private final TreeMap<Object, Place> smallest = new TreeMap<>(KeyOrder.INSTANCE);

  /**
   * @param partitions to be read; empty for all
   */
  QueryRun(QueryCommand command, Set<String> partitions, ReadView view, SearchPool pool) {
    this.command = command;
    this.segments = view.segments(command.ignoreGrowing());
    this.passing = new BitSet[segments.size()];
    double rows = segments.stream().mapToDouble(segment -> segment.rows().size()).sum();
    pool.run(
        passing.length,
        command.filter().matchesAll() ? 0 : rows * FILTER_COST,
        i -> passing[i] = passing(segments.get(i), partitions));
  }

  /** The live rows that count; null for all rows of the segment. */
  private @Nullable BitSet passing(LiveSegment live, Set<String> partitions) {
    BitSet wanted = live.rows().inPartitions(partitions);
    if (wanted != null && wanted.isEmpty()) {
      return wanted;
    }
    BitSet rows = live.rows().passing(command.filter(), command.collection().schema());
    if (rows != null && wanted != null) {
      rows.and(wanted);
    }
    return live.among(rows == null ? wanted : rows);
  }

  QueryAnswer answer(long readTimestamp) {
    if (command.countOnly()) {
      return new QueryAnswer(new EntityBatch(0, Map.of()), count(), readTimestamp);
    }
    for (int segment = 0; segment < segments.size(); segment++) {
      collect(segment);
    }
    List<Place> places = smallest.values().stream().skip(command.offset()).limit(limit()).toList();
    Outputs outputs =
        new Outputs(
            segments,
            places.stream().mapToInt(Place::segment).toArray(),
            places.stream().mapToInt(Place::row).toArray());
    EntityBatch rows = outputs.of(command.collection().schema(), command.outputFields());
    return new QueryAnswer(rows, places.size(), readTimestamp);
  }

  private long limit() {
    return command.limit() < 0 ? Long.MAX_VALUE : command.limit();
  }

  private long count() {
    long count = 0;
    for (int segment = 0; segment < segments.size(); segment++) {
      BitSet rows = passing[segment];
      count += rows == null ? segments.get(segment).rows().size() : rows.cardinality();
    }
    return count;
  }

  private void collect(int segment) {
    LiveSegment live = segments.get(segment);
    BitSet rows = passing[segment];
    int size = live.rows().size();
    for (int row = next(rows, 0); row >= 0 && row < size; row = next(rows, row + 1)) {
      Object key = live.rows().key(row);
      if (key != null) {
        offer(key, segment, row, live.rows().segment().timestamp(row));
      }
    }
  }

  private static int next(@Nullable BitSet rows, int from) {
    return rows == null ? from : rows.nextSetBit(from);
  }

  private void offer(Object key, int segment, int row, long timestamp) {
    long held = command.limit() < 0 ? Long.MAX_VALUE : command.offset() + command.limit();
    if (smallest.size() >= held && KeyOrder.INSTANCE.compare(key, smallest.lastKey()) > 0) {
      return;
    }
    Place known = smallest.get(key);
    if (known == null || known.timestamp() <= timestamp) {
      smallest.put(key, new Place(segment, row, timestamp));
    }
    if (smallest.size() > held) {
      smallest.pollLastEntry();
    }
  }
}
