package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.quantise.RowRanges;
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

  static final int SAMPLES_PER_LIST = 128;

  /** Long vectors of bits would make 32 times their bytes of floats. */
  private static final int CENTROID_FLOATS_MAX = 1 << 26;

  private static final int SAMPLE_FLOATS_MAX = 1 << 27;
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
   * @param points of the rows
   * @param members rows to be listed, ascending
   * @param nlist lists wanted; fewer if there are too few rows
   */
  static InvertedLists build(
      ListPoints points,
      int dimension,
      int[] members,
      int nlist,
      RowRanges ranges,
      IntConsumer progress)
      throws InterruptedException {
    int count = count(members.length, dimension, nlist);
    int samples = samples(members.length, dimension, count);
    float[] sample = new float[samples * dimension];
    for (int i = 0; i < samples; i++) {
      int row = members[(int) ((long) i * members.length / samples)];
      points.copy(row, sample, i * dimension);
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
            points.copy(members[i], vector, 0);
            lists[i] = centroids.nearest(vector, 0);
          }
        },
        progress);
    return sorted(centroids, members, lists);
  }

  private static int count(long rows, int dimension, int nlist) {
    long count = Math.min(nlist, rows / ROWS_PER_LIST_MIN);
    return (int) Math.max(1, Math.min(count, CENTROID_FLOATS_MAX / dimension));
  }

  private static int samples(long rows, int dimension, int count) {
    return (int)
        Math.min(Math.min(rows, (long) count * SAMPLES_PER_LIST), SAMPLE_FLOATS_MAX / dimension);
  }

  /** Heap that it takes to make lists of so many rows, the lists included. */
  static long buildBytes(long rows, int dimension, int nlist) {
    int count = count(rows, dimension, nlist);
    int samples = samples(rows, dimension, count);
    // Of each row its ordinal, its list and its place; of each sampled one its list and distance;
    // of each list the sums and two rounds' centroids.
    return 12L * rows + (4L * dimension + 8) * samples + 16L * dimension * count;
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
