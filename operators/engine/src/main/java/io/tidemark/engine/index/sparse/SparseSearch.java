package io.tidemark.engine.index.sparse;

import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.engine.vector.TopK;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One search of {@link SparseLists}: MaxScore over windows of rows.
 *
 * <p>In each window the query's lists are added up from the one that can give a row the most to the
 * one that can give the least. Once those that are left cannot give together what would lift a row
 * over the worst hit so far by much, they are left out, and only rows whose sum is so high that the
 * rest could do it are scored, by their vectors. Values in lists are rounded up, so no sum is too
 * low: the hits are exactly those of a scan, with its scores.
 */
final class SparseSearch {
  /**
   * Lists are added up until those left can give at most this share of the worst hit's score. With
   * more, more rows have to be scored; with less, more is read. Searches take about the same from
   * 0.02 to 0.4.
   */
  private static final double REST_MAX = 0.15;

  /** A float's rounding, with room to spare, for each number that is added up. */
  private static final double ROUNDING = 0x1p-22;

  private final SparseLists lists;
  private final RowScorer scorer;
  private final int[] indices;
  private final float[] weights;
  private final @Nullable BitSet accept;
  private final TopK out;
  private final int rows;
  private final float[] sums;
  private final long[] order;
  private final int[] found;
  private final double slack;
  private long scored;

  /**
   * @param rows of the segment
   * @param used the part of the query by which rows are looked for
   * @param scorer of the whole query
   */
  SparseSearch(
      SparseLists lists,
      int rows,
      SparseQuery used,
      RowScorer scorer,
      @Nullable BitSet accept,
      TopK out) {
    this.lists = lists;
    this.rows = rows;
    this.sums = new float[Math.min(rows, ListWindow.ROWS)];
    this.scorer = scorer;
    this.accept = accept;
    this.out = out;
    this.weights = used.values();
    this.indices = new int[weights.length];
    Arrays.setAll(indices, i -> ListWindow.flipped(used.indices()[i]));
    this.order = new long[weights.length];
    this.found = new int[weights.length];
    this.slack = Math.max(0, 1 - (weights.length + 4) * ROUNDING);
  }

  /** Offers the hits, and returns how many rows were scored. */
  long run() {
    for (int window = 0; window < lists.windows().size(); window++) {
      search(lists.windows().get(window), window * ListWindow.ROWS);
    }
    return scored;
  }

  private void search(ListWindow window, int first) {
    int count = arrange(window);
    if (count == 0) {
      return;
    }
    double rest = 0;
    for (int i = 0; i < count; i++) {
      rest += most(order[i]);
    }
    float worst = out.worstNearness();
    if (worst > 0 && rest < worst * slack) {
      return;
    }
    // Sums beyond the largest float say nothing of what is left.
    boolean finite = rest <= Float.MAX_VALUE && worst <= Float.MAX_VALUE;
    boolean all = lists.algorithm() == Algorithm.TAAT_NAIVE || !(worst > 0) || !finite;
    int next = 0;
    // Sorted ascending, so the last gives the most.
    while (next < count && (all || rest > worst * REST_MAX)) {
      long term = order[count - 1 - next];
      int place = (int) term;
      window.add(found[place], weights[place], sums);
      rest = next + 1 == count ? 0 : rest - most(term);
      next++;
    }
    offer(first, finite ? Math.max(0, rest) : 0);
  }

  /** Finds the query's lists in a window and sorts them by the most that each can give a row. */
  private int arrange(ListWindow window) {
    int count = 0;
    int from = 0;
    for (int i = 0; i < indices.length; i++) {
      int list = window.find(indices[i], from);
      if (list < 0) {
        from = -1 - list;
        continue;
      }
      from = list + 1;
      found[i] = list;
      float most = weights[i] * window.largest(list);
      // Positive floats compare as their bits do.
      order[count++] = ((long) Float.floatToRawIntBits(most) << Integer.SIZE) | i;
    }
    Arrays.sort(order, 0, count);
    return count;
  }

  private static float most(long term) {
    return Float.intBitsToFloat((int) (term >> Integer.SIZE));
  }

  private void offer(int first, double rest) {
    float bound = bound(rest);
    int count = Math.min(sums.length, rows - first);
    for (int place = 0; place < count; place++) {
      float sum = sums[place];
      if (sum < bound) {
        continue;
      }
      int row = first + place;
      if (accept != null && !accept.get(row)) {
        continue;
      }
      scored++;
      out.addNearness(row, scorer.nearness(row));
      bound = bound(rest);
    }
    Arrays.fill(sums, 0);
  }

  /** The least sum, above 0, with which a row can be a hit. */
  private float bound(double rest) {
    float worst = out.worstNearness();
    return worst > 0 ? Math.max(Float.MIN_VALUE, (float) (worst * slack - rest)) : Float.MIN_VALUE;
  }
}
