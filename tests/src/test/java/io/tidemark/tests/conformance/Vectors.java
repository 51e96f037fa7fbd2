package io.tidemark.tests.conformance;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/** Vectors of a test, and the plain arithmetic that answers are held against. */
public final class Vectors {
  private Vectors() {}

  /** Each value uniform in −1…1. */
  public static float[] random(Random random, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextFloat() * 2 - 1;
    }
    return vector;
  }

  public static float[][] random(Random random, int rows, int dimension) {
    float[][] vectors = new float[rows][];
    Arrays.setAll(vectors, row -> random(random, dimension));
    return vectors;
  }

  /** The place {@code x} on a line. */
  public static float[] onLine(double x) {
    return new float[] {(float) x, 0};
  }

  /** The place {@code x} on a circle of that many. */
  public static float[] onCircle(double x, int places) {
    double angle = 2 * Math.PI * x / places;
    return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
  }

  /** The score that Milvus gives: squared distance for L2, else the (normalised) inner product. */
  public static double score(String metric, float[] a, float[] b) {
    double distance = 0;
    double product = 0;
    double lengthOfA = 0;
    double lengthOfB = 0;
    for (int i = 0; i < a.length; i++) {
      distance += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      product += (double) a[i] * b[i];
      lengthOfA += (double) a[i] * a[i];
      lengthOfB += (double) b[i] * b[i];
    }
    return switch (metric) {
      case "L2" -> distance;
      case "IP" -> product;
      case "COSINE" -> product / Math.sqrt(lengthOfA * lengthOfB);
      default -> throw new IllegalArgumentException(metric);
    };
  }

  /** Row numbers, the best first, of the rows that pass. */
  public static List<Long> nearest(
      String metric, float[][] rows, float[] query, LongPredicate passes, int limit) {
    Comparator<Long> byScore =
        Comparator.comparingDouble(row -> score(metric, query, rows[row.intValue()]));
    return LongStream.range(0, rows.length)
        .filter(passes)
        .boxed()
        .sorted(metric.equals("L2") ? byScore : byScore.reversed())
        .limit(limit)
        .toList();
  }
}
