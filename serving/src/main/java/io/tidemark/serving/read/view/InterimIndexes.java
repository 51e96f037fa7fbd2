package io.tidemark.serving.read.view;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.ivf.InterimLists;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When segments that have no index yet, growing or sealed, get one in memory. Rows that are
 * committed within seconds, and indexed soon after, are not worth one, and nobody knows beforehand
 * how long they stay and how often they are searched. So searches without an index are counted, and
 * when they have cost as much as the index does, it is built: whatever happens next, at most twice
 * of what was needed has been spent. Thread-safe.
 */
final class InterimIndexes {
  private static final Logger LOG = LoggerFactory.getLogger(InterimIndexes.class);

  private record Place(RowSegment rows, int fieldId) {}

  private final Executor builds;
  private final CollectionRows owner;
  private final Map<Place, AtomicLong> spent = new ConcurrentHashMap<>();

  /**
   * @param builds runs them, in the background
   * @param owner of the segments
   */
  InterimIndexes(Executor builds, CollectionRows owner) {
    this.builds = builds;
    this.owner = owner;
  }

  /**
   * A segment was searched without an index.
   *
   * @param scores rows that were scored
   */
  void scanned(RowSegment rows, int fieldId, Metric metric, long scores) {
    Vectors vectors = rows.segment().vectors(fieldId).orElse(null);
    if (vectors == null
        || !InterimLists.takes(vectors)
        || rows.segment().index(fieldId).isPresent()
        || rows.searchable(fieldId, metric).index(fieldId).isPresent()) {
      return;
    }
    long cost = InterimLists.buildCost(vectors);
    long before =
        spent
            .computeIfAbsent(new Place(rows, fieldId), place -> new AtomicLong())
            .getAndAdd(scores);
    if (before < cost && before + scores >= cost) {
      build(rows, fieldId, metric, vectors);
    }
  }

  private void build(RowSegment rows, int fieldId, Metric metric, Vectors vectors) {
    try {
      builds.execute(() -> {
        if (!owner.takesIndex(rows, InterimLists.bytes(vectors))) {
          // There may be memory when searches have cost as much again.
          spent.remove(new Place(rows, fieldId));
          return;
        }
        try {
          VectorIndex index = InterimLists.build(vectors, metric);
          owner.indexed(rows, fieldId, metric, index);
          LOG.debug(
              "rows are indexed in memory: segment={} rows={}", rows.segment().id(), rows.size());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.debug("closing, rows stay without an index: rows={}", rows.size());
    }
  }

  /** Forgets what was spent on others; costs little while nothing is spent. */
  void keepOnly(Stream<RowSegment> segments) {
    if (!spent.isEmpty()) {
      Set<RowSegment> kept = segments.collect(Collectors.toSet());
      spent.keySet().removeIf(place -> !kept.contains(place.rows()));
    }
  }
}
