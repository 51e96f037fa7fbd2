package io.tidemark.serving.read.view;

import io.tidemark.engine.filter.Filter;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a segment pass the filters that were asked last. Rows never change, so neither does
 * that; what is deleted is left out later. A filter's rows are kept from its second time on, so
 * that filters asked once cost nothing; long filters are not kept at all. Thread-safe: readers that
 * race may evaluate a filter twice.
 */
final class FilterCache {
  /** A bit for each filter. */
  static final int BYTES_PER_ROW = 2;

  private static final int FILTERS = BYTES_PER_ROW * Byte.SIZE;

  /** Heap of a filter that is kept at most. */
  private static final long FILTER_BYTES_MAX = 8_192;

  /**
   * A filter that was asked.
   *
   * @param rows null until it was asked twice
   */
  private record Asked(@Nullable BitSet rows) {}

  /** By last use. */
  private final Map<Filter, Asked> kept = new LinkedHashMap<>(2 * FILTERS, 0.75f, true);

  /**
   * The rows that pass.
   *
   * @param evaluated asked if they are not known
   * @return the caller's own
   */
  BitSet passing(Filter filter, Supplier<BitSet> evaluated) {
    if (filter.bytes() > FILTER_BYTES_MAX) {
      return evaluated.get();
    }
    Asked before = asked(filter);
    if (before != null && before.rows() != null) {
      return (BitSet) before.rows().clone();
    }
    BitSet rows = evaluated.get();
    keep(filter, new Asked(before == null ? null : (BitSet) rows.clone()));
    return rows;
  }

  private synchronized @Nullable Asked asked(Filter filter) {
    return kept.get(filter);
  }

  private synchronized void keep(Filter filter, Asked asked) {
    kept.put(filter, asked);
    if (kept.size() > FILTERS) {
      kept.remove(kept.keySet().iterator().next());
    }
  }
}
