package io.tidemark.engine.segment;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import org.jspecify.annotations.Nullable;

/** How one segment is searched. */
sealed interface SearchPlan {
  /** Score every accepted row. */
  record Exact() implements SearchPlan {}

  /** Search the index, which skips rows that are not accepted. */
  record Graph(VectorIndex index) implements SearchPlan {}

  /**
   * Exact if there is no index, if half the accepted rows are wanted anyway, or if scoring all
   * accepted rows is expected to cost no more than the index.
   */
  static SearchPlan choose(
      @Nullable VectorIndex index, int k, SearchParameters parameters, int accepted) {
    if (index == null || k >= accepted / 2) {
      return new Exact();
    }
    return accepted <= index.expectedCost(k, parameters, accepted) ? new Exact() : new Graph(index);
  }
}
