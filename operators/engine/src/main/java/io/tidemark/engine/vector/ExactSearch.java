package io.tidemark.engine.vector;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Scores every accepted row: the truth that indexes are measured against, and the fastest way when
 * few rows pass. Cost grows with accepted rows × dimension. Stateless.
 */
public final class ExactSearch {
  private ExactSearch() {}

  /**
   * Offers the accepted rows to {@code out}.
   *
   * @param query of the vectors' dimension
   * @param accept rows that count, or null for all; bits beyond the last row are ignored
   */
  public static void search(
      FloatVectors vectors, float[] query, @Nullable BitSet accept, TopK out) {
    RowScorer scorer = new RowScorer(out.metric(), query, vectors);
    int size = vectors.size();
    if (accept == null) {
      scan(scorer, 0, size, out);
      return;
    }
    // Run by run: whole runs take the loop without bit tests.
    for (int from = accept.nextSetBit(0); from >= 0 && from < size; ) {
      int to = Math.min(size, accept.nextClearBit(from));
      scan(scorer, from, to, out);
      from = to >= size ? -1 : accept.nextSetBit(to);
    }
  }

  private static void scan(RowScorer scorer, int from, int to, TopK out) {
    float worst = out.worstNearness();
    for (int row = from; row < to; row++) {
      float nearness = scorer.nearness(row);
      if (nearness >= worst) {
        out.addNearness(row, nearness);
        worst = out.worstNearness();
      }
    }
  }
}
