package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.quantise.RowRanges;
import java.util.Arrays;
import java.util.Random;

/**
 * k-means that minds the lists' sizes: in each round a centroid that drew more than its share is
 * handicapped by that in the next, which evens out what searches have to read (Chen et al.,
 * <i>SPANN</i>, 2021). A centroid that draws nothing takes over half of the largest. The same
 * points and seed give the same centroids, with any number of threads.
 */
final class BalancedMeans {
  static final int ROUNDS = 10;

  /** Of the mean squared distance, for each share of rows too many. */
  private static final float HANDICAP = 0.05f;

  /** By how much the halves of a centroid are set apart. */
  private static final float SPLIT = 1f / 1024;

  private BalancedMeans() {}

  /**
   * @param points row-major
   * @param count wanted; with fewer points than that, as many as there are
   */
  static Centroids train(float[] points, int dimension, int count, long seed, RowRanges ranges)
      throws InterruptedException {
    int rows = points.length / dimension;
    int wanted = Math.max(1, Math.min(count, rows));
    Centroids centroids = new Centroids(start(points, dimension, rows, wanted, seed), dimension);
    int[] nearest = new int[rows];
    float[] distances = new float[rows];
    float[] handicaps = new float[wanted];
    for (int round = 0; round < ROUNDS && rows > wanted; round++) {
      Centroids current = centroids;
      ranges.each(
          rows,
          (from, to) -> {
            for (int row = from; row < to; row++) {
              nearest[row] = current.nearest(points, row * dimension, handicaps);
              distances[row] = current.squaredDistance(points, row * dimension, nearest[row]);
            }
          },
          done -> {});
      centroids = new Centroids(means(points, current, nearest, distances, handicaps), dimension);
    }
    return centroids;
  }

  /** Points spread over the input, in a random order. */
  private static float[] start(float[] points, int dimension, int rows, int wanted, long seed) {
    float[] data = new float[wanted * dimension];
    if (rows == 0) {
      return data;
    }
    Random random = new Random(seed);
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    for (int i = 0; i < wanted; i++) {
      int other = i + random.nextInt(rows - i);
      int row = order[other];
      order[other] = order[i];
      order[i] = row;
      System.arraycopy(points, row * dimension, data, i * dimension, dimension);
    }
    return data;
  }

  private static float[] means(
      float[] points, Centroids current, int[] nearest, float[] distances, float[] handicaps) {
    int dimension = current.dimension();
    int count = current.count();
    double[] sums = new double[count * dimension];
    int[] sizes = new int[count];
    double distance = 0;
    for (int row = 0; row < nearest.length; row++) {
      int base = nearest[row] * dimension;
      for (int i = 0; i < dimension; i++) {
        sums[base + i] += points[row * dimension + i];
      }
      sizes[nearest[row]]++;
      distance += distances[row];
    }
    double share = (double) nearest.length / count;
    for (int c = 0; c < count; c++) {
      // Half, since nearness is half of a squared distance's change.
      handicaps[c] =
          (float) (HANDICAP * distance / nearest.length / 2 * Math.max(0, sizes[c] / share - 1));
    }
    float[] data = new float[count * dimension];
    for (int c = 0; c < count; c++) {
      for (int i = 0; i < dimension && sizes[c] > 0; i++) {
        data[c * dimension + i] = (float) (sums[c * dimension + i] / sizes[c]);
      }
    }
    fillEmpty(data, sizes, dimension);
    return data;
  }

  private static void fillEmpty(float[] data, int[] sizes, int dimension) {
    int[] left = Arrays.copyOf(sizes, sizes.length);
    for (int c = 0; c < sizes.length; c++) {
      if (left[c] > 0) {
        continue;
      }
      int largest = 0;
      for (int other = 1; other < left.length; other++) {
        largest = left[other] > left[largest] ? other : largest;
      }
      for (int i = 0; i < dimension; i++) {
        float value = data[largest * dimension + i];
        float apart = (i % 2 == 0 ? SPLIT : -SPLIT) * value;
        data[c * dimension + i] = value + apart;
        data[largest * dimension + i] = value - apart;
      }
      left[c] = left[largest] / 2;
      left[largest] -= left[c];
    }
  }
}
