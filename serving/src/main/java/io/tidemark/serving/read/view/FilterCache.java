package io.tidemark.serving.read.view;

import io.tidemark.engine.filter.Filter;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a segment pass the filters that were asked last. Rows never change, so neither does
 * that; what is deleted is left out later. A filter's rows are kept from its second time on, and
 * filters asked once push none of those out; long filters are not kept at all. Thread-safe: readers
 * that race may evaluate a filter twice.
 */
final class FilterCache {
  /** A bit for each filter. */
  static final int BYTES_PER_ROW = 2;

  private static final int FILTERS = BYTES_PER_ROW * Byte.SIZE;

  /** Filters that are known to have been asked once. */
  private static final int ONCE = 2 * FILTERS;

  /** Heap of a filter that is kept at most. */
  private static final long FILTER_BYTES_MAX = 4_096;

  /** By last use. */
  private final Map<Filter, BitSet> kept = new LinkedHashMap<>(FILTERS, 0.75f, true);

  private final Set<Filter> once = new LinkedHashSet<>();

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
    BitSet known = known(filter);
    if (known != null) {
      return (BitSet) known.clone();
    }
    BitSet rows = evaluated.get();
    if (wasAsked(filter)) {
      keep(filter, (BitSet) rows.clone());
    }
    return rows;
  }

  private synchronized @Nullable BitSet known(Filter filter) {
    return kept.get(filter);
  }

  private synchronized boolean wasAsked(Filter filter) {
    if (once.remove(filter)) {
      return true;
    }
    once.add(filter);
    removeEldest(once, ONCE);
    return false;
  }

  private synchronized void keep(Filter filter, BitSet rows) {
    kept.put(filter, rows);
    removeEldest(kept.keySet(), FILTERS);
  }

  private static void removeEldest(Set<Filter> filters, int max) {
    if (filters.size() > max) {
      filters.remove(filters.iterator().next());
    }
  }
}
