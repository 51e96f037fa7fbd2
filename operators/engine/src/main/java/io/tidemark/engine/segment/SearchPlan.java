package io.tidemark.engine.segment;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import org.jspecify.annotations.Nullable;

/** How a segment was searched for one query. */
public enum SearchPlan {
  /** Not at all: no row passes. */
  NONE,
  /** Every passing row was scored. */
  EXACT,
  /** Through the index, past rows that are deleted or fail the filter. */
  FILTERED_INDEX,
  /** Through the index, of which every row counts. */
  INDEX,
  /** Through the index, which found too few; then every passing row was scored. */
  COMPLETED,
  /**
   * More than once: harder, since more of the nearest lie here than expected, or without older rows
   * of keys that took the places of others.
   */
  REPEATED;

  /** Whether the segment may have more of the nearest than were looked for. */
  public boolean isOfShare() {
    return this == INDEX || this == FILTERED_INDEX;
  }

  /**
   * Exact if there is no index, if half the accepted rows are wanted anyway, or if scoring all
   * accepted rows is expected to cost no more than the index.
   *
   * @param filtered rows are left out
   */
  static SearchPlan choose(
      @Nullable VectorIndex index,
      int k,
      SearchParameters parameters,
      int accepted,
      boolean filtered) {
    if (index == null || k >= accepted / 2) {
      return EXACT;
    }
    if (accepted <= index.expectedCost(k, parameters, accepted)) {
      return EXACT;
    }
    return filtered ? FILTERED_INDEX : INDEX;
  }
}
