package io.tidemark.serving.read.travel;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.serving.read.load.LoadedSegment;
import io.tidemark.serving.read.load.MemoryBudget;
import io.tidemark.serving.read.view.CollectionRows;
import io.tidemark.serving.read.view.ReadView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A view of the past in memory. Immutable once made; thread-safe. */
final class PastView implements AutoCloseable {
  private final CollectionRows rows;
  private final List<LoadedSegment> segments;
  private final MemoryBudget.Share memory;
  private final long timestamp;

  /**
   * @param memory that the segments take; closed with this
   */
  PastView(
      CollectionRows rows,
      List<LoadedSegment> segments,
      MemoryBudget.Share memory,
      long timestamp) {
    this.rows = rows;
    this.segments = List.copyOf(segments);
    this.memory = memory;
    this.timestamp = timestamp;
  }

  /** Kept open for the caller, who closes it; empty if this was closed. */
  Optional<ReadView> open() {
    return rows.view();
  }

  long timestamp() {
    return timestamp;
  }

  Map<List<String>, LoadedSegment> segments() {
    Map<List<String>, LoadedSegment> byFiles = new HashMap<>();
    segments.forEach(segment -> byFiles.put(segment.plan().locations(), segment));
    return byFiles;
  }

  /** What makes two views the same. */
  record Key(CollectionInfo collection, Moment moment) {}

  /** Reads under way go on with what they have opened. */
  @Override
  public void close() {
    rows.close();
    memory.close();
  }
}
