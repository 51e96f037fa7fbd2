package io.tidemark.tests.benchmark.growth;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Vectors of any number, made from their row numbers: points with {@code intrinsic} independent
 * normal coordinates, turned into {@code dimension} ones by orthonormal directions. So distances
 * are those of the few coordinates, and the exact nearest rows cost little to find; and how hard
 * they are for an index is known, since that goes by the intrinsic dimension. The same seed gives
 * the same vectors. Immutable, safe for concurrent use.
 */
final class PlantedVectors {
  private static final long ROW_STEP = 0x9E37_79B9_7F4A_7C15L;

  private final int intrinsic;
  private final int dimension;
  private final long seed;

  /** Row-major, {@code intrinsic} × {@code dimension}. */
  private final float[] directions;

  PlantedVectors(int dimension, int intrinsic, long seed) {
    if (intrinsic < 1 || intrinsic > dimension) {
      throw new IllegalArgumentException(
          "intrinsic dimension " + intrinsic + ", expected 1 to the dimension, " + dimension);
    }
    this.intrinsic = intrinsic;
    this.dimension = dimension;
    this.seed = seed;
    this.directions = orthonormal(new SplittableRandom(seed));
  }

  private float[] orthonormal(SplittableRandom random) {
    double[][] rows = new double[intrinsic][dimension];
    for (int i = 0; i < intrinsic; i++) {
      double[] row = rows[i];
      Arrays.setAll(row, at -> random.nextGaussian());
      for (int before = 0; before < i; before++) {
        add(row, rows[before], -dot(row, rows[before]));
      }
      double length = Math.sqrt(dot(row, row));
      for (int at = 0; at < dimension; at++) {
        row[at] /= length;
      }
    }
    float[] flat = new float[intrinsic * dimension];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / dimension][i % dimension];
    }
    return flat;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, double[] what, double times) {
    for (int i = 0; i < to.length; i++) {
      to[i] += times * what[i];
    }
  }

  int dimension() {
    return dimension;
  }

  float[] row(long number) {
    return embedded(point(number));
  }

  /** A vector that is no row's. */
  float[] query(int number) {
    return embedded(point(-1L - number));
  }

  private float[] point(long number) {
    SplittableRandom random = new SplittableRandom(seed + ROW_STEP * (number + 1));
    float[] point = new float[intrinsic];
    for (int i = 0; i < intrinsic; i++) {
      point[i] = (float) random.nextGaussian();
    }
    return point;
  }

  private float[] embedded(float[] point) {
    float[] vector = new float[dimension];
    for (int i = 0; i < intrinsic; i++) {
      for (int at = 0; at < dimension; at++) {
        vector[at] += point[i] * directions[i * dimension + at];
      }
    }
    return vector;
  }

  /**
   * The exact nearest of the rows {@code from .. to − 1} to each query, by L2, nearest first.
   *
   * @param k at most the rows
   */
  long[][] nearest(long from, long to, int queries, int k) {
    float[][] points = new float[queries][];
    double[][] best = new double[queries][k];
    long[][] rows = new long[queries][k];
    for (int q = 0; q < queries; q++) {
      points[q] = point(-1L - q);
      Arrays.fill(best[q], Double.POSITIVE_INFINITY);
    }
    for (long row = from; row < to; row++) {
      float[] point = point(row);
      for (int q = 0; q < queries; q++) {
        double distance = 0;
        for (int i = 0; i < intrinsic; i++) {
          double d = point[i] - points[q][i];
          distance += d * d;
        }
        if (distance < best[q][k - 1]) {
          insert(best[q], rows[q], distance, row);
        }
      }
    }
    return rows;
  }

  private static void insert(double[] best, long[] rows, double distance, long row) {
    int at = best.length - 1;
    while (at > 0 && best[at - 1] > distance) {
      best[at] = best[at - 1];
      rows[at] = rows[at - 1];
      at--;
    }
    best[at] = distance;
    rows[at] = row;
  }
}
