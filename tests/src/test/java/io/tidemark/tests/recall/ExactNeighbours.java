package io.tidemark.tests.recall;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * For each query the squared distances of its k nearest rows, by scanning all. Holding hits against
 * distances, not row numbers, leaves rows that are equally far away equally right.
 */
final class ExactNeighbours {
  private final float[][] rows;
  private final float[][] queries;
  private final float[][] distances;

  private ExactNeighbours(float[][] rows, float[][] queries, float[][] distances) {
    this.rows = rows;
    this.queries = queries;
    this.distances = distances;
  }

  static ExactNeighbours scan(float[][] rows, float[][] queries, int k, IntPredicate passes) {
    int[] candidates = IntStream.range(0, rows.length).filter(passes).toArray();
    float[][] distances =
        Arrays.stream(queries)
            .parallel()
            .map(query -> nearest(rows, candidates, query, k))
            .toArray(float[][]::new);
    return new ExactNeighbours(rows, queries, distances);
  }

  private static float[] nearest(float[][] rows, int[] candidates, float[] query, int k) {
    float[] best = new float[Math.min(k, candidates.length)];
    Arrays.fill(best, Float.POSITIVE_INFINITY);
    for (int row : candidates) {
      float distance = distance(rows[row], query);
      if (best.length > 0 && distance < best[best.length - 1]) {
        int place = best.length - 1;
        while (place > 0 && best[place - 1] > distance) {
          best[place] = best[place - 1];
          place--;
        }
        best[place] = distance;
      }
    }
    return best;
  }

  private static float distance(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      float difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  int wanted(int query) {
    return distances[query].length;
  }

  /** How many of these rows are as near as the k-th nearest of the query. */
  int found(int query, List<Long> hits) {
    float[] nearest = distances[query];
    if (nearest.length == 0) {
      return 0;
    }
    float farthest = nearest[nearest.length - 1];
    return (int)
        hits.stream()
            .filter(row -> distance(rows[row.intValue()], queries[query]) <= farthest)
            .limit(nearest.length)
            .count();
  }
}
