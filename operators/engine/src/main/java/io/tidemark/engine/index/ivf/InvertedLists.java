package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Which rows are in which list: those of list {@code l} are {@code rows[offsets[l] .. offsets[l +
 * 1])}, ascending. A row's index in {@code rows} is its place. Under COSINE rows are listed by
 * their directions. Immutable.
 */
final class InvertedLists {
  /** Fewer rows per list would make centroids of accidents. */
  static final int ROWS_PER_LIST_MIN = 39;

  private static final int SAMPLES_PER_LIST = 128;
  private static final long SEED = 0x7469_6465L;

  private final Centroids centroids;
  private final int[] offsets;
  private final int[] rows;

  InvertedLists(Centroids centroids, int[] offsets, int[] rows) {
    this.centroids = centroids;
    this.offsets = offsets;
    this.rows = rows;
  }

  /**
   * @param data row-major
   * @param members rows to be listed, ascending
   * @param nlist lists wanted; fewer if there are too few rows
   */
  static InvertedLists build(
      float[] data,
      int dimension,
      int[] members,
      int nlist,
      Metric metric,
      RowRanges ranges,
      IntConsumer progress)
      throws InterruptedException {
    int count = Math.max(1, Math.min(nlist, members.length / ROWS_PER_LIST_MIN));
    int samples = (int) Math.min(members.length, (long) count * SAMPLES_PER_LIST);
    float[] sample = new float[samples * dimension];
    for (int i = 0; i < samples; i++) {
      int row = members[(int) ((long) i * members.length / samples)];
      copy(data, row * dimension, sample, i * dimension, dimension, metric);
    }
    Centroids centroids =
        samples == 0
            ? new Centroids(new float[dimension], dimension)
            : BalancedMeans.train(sample, dimension, count, SEED, ranges);
    int[] lists = new int[members.length];
    ranges.each(
        members.length,
        (from, to) -> {
          float[] vector = new float[dimension];
          for (int i = from; i < to; i++) {
            copy(data, members[i] * dimension, vector, 0, dimension, metric);
            lists[i] = centroids.nearest(vector, 0);
          }
        },
        progress);
    return sorted(centroids, members, lists);
  }

  /** A vector as rows are listed by. */
  static void copy(float[] data, int from, float[] target, int at, int dimension, Metric metric) {
    System.arraycopy(data, from, target, at, dimension);
    if (metric == Metric.COSINE) {
      float inverse = Scores.inverseNorm(data, from, dimension);
      for (int i = 0; i < dimension; i++) {
        target[at + i] *= inverse;
      }
    }
  }

  private static InvertedLists sorted(Centroids centroids, int[] members, int[] lists) {
    int[] offsets = new int[centroids.count() + 1];
    for (int list : lists) {
      offsets[list + 1]++;
    }
    for (int list = 0; list < centroids.count(); list++) {
      offsets[list + 1] += offsets[list];
    }
    int[] next = Arrays.copyOf(offsets, centroids.count());
    int[] rows = new int[members.length];
    for (int i = 0; i < members.length; i++) {
      rows[next[lists[i]]++] = members[i];
    }
    return new InvertedLists(centroids, offsets, rows);
  }

  Centroids centroids() {
    return centroids;
  }

  int[] offsets() {
    return offsets;
  }

  int[] rows() {
    return rows;
  }

  int count() {
    return centroids.count();
  }

  int size() {
    return rows.length;
  }

  long bytes() {
    return centroids.bytes() + 4L * (offsets.length + rows.length);
  }
}
