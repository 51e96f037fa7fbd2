package io.tidemark.engine.vector;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Scores every accepted row: the truth that indexes are measured against, and the fastest way when
 * few rows pass. Cost grows with accepted rows × dimension. Stateless.
 */
public final class ExactSearch {
  private static final int BATCH = 256;

  private ExactSearch() {}

  /**
   * Offers the accepted rows to {@code out}.
   *
   * @param query of the vectors' dimension
   * @param accept rows that count, or null for all; bits beyond the last row are ignored
   */
  public static void search(Vectors vectors, QueryVector query, @Nullable BitSet accept, TopK out) {
    RowScorer scorer = vectors.scorer(out.metric(), query);
    int size = vectors.size();
    float[] scores = new float[BATCH];
    if (accept == null) {
      scan(scorer, 0, size, scores, out);
      return;
    }
    // Rows are gathered before any is scored: bit tests between the scores would keep the loads of
    // the vectors from overlapping, which doubles the time.
    long[] words = accept.toLongArray();
    int[] batch = new int[BATCH];
    int count = 0;
    for (int word = 0; word < words.length; word++) {
      for (long bits = words[word]; bits != 0; bits &= bits - 1) {
        int row = (word << 6) + Long.numberOfTrailingZeros(bits);
        if (row >= size) {
          break;
        }
        batch[count++] = row;
      }
      if (count > BATCH - Long.SIZE) {
        scan(scorer, batch, count, scores, out);
        count = 0;
      }
    }
    scan(scorer, batch, count, scores, out);
  }

  private static void scan(RowScorer scorer, int[] rows, int count, float[] scores, TopK out) {
    scorer.nearness(rows, count, scores);
    float worst = out.worstNearness();
    for (int i = 0; i < count; i++) {
      if (scores[i] >= worst) {
        out.addNearness(rows[i], scores[i]);
        worst = out.worstNearness();
      }
    }
  }

  private static void scan(RowScorer scorer, int from, int to, float[] scores, TopK out) {
    for (int start = from; start < to; start += BATCH) {
      int count = Math.min(BATCH, to - start);
      scorer.nearness(start, count, scores);
      float worst = out.worstNearness();
      for (int i = 0; i < count; i++) {
        if (scores[i] >= worst) {
          out.addNearness(start + i, scores[i]);
          worst = out.worstNearness();
        }
      }
    }
  }
}
