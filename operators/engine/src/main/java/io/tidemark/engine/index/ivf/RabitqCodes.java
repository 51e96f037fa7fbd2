package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;
import java.util.Arrays;

/**
 * One bit for each coordinate (Gao and Long, <i>RaBitQ: Quantizing High-Dimensional Vectors with a
 * Theoretical Error Bound for Approximate Nearest Neighbor Search</i>, 2024): the signs of what is
 * left of a row after its list's centroid is taken away, rotated. Two floats per row make the
 * product of the signs and a query an estimate without bias. Immutable.
 */
final class RabitqCodes {
  private final Rotation rotation;
  private final InvertedLists lists;

  /** Rotated, row-major. */
  private final float[] centroids;

  private final int words;
  private final long[] signs;

  /** What of a row's nearness does not depend on the query. */
  private final float[] constants;

  /** What the product of a row's signs and the query's rest is to be multiplied by. */
  private final float[] scales;

  RabitqCodes(InvertedLists lists, long[] signs, float[] constants, float[] scales) {
    this.lists = lists;
    this.rotation = new Rotation(lists.centroids().dimension());
    this.words = rotation.size() / 64;
    this.centroids = rotated(lists.centroids(), rotation);
    this.signs = signs;
    this.constants = constants;
    this.scales = scales;
  }

  private static float[] rotated(Centroids centroids, Rotation rotation) {
    int dimension = centroids.dimension();
    float[] all = new float[centroids.count() * rotation.size()];
    float[] one = new float[rotation.size()];
    for (int c = 0; c < centroids.count(); c++) {
      Arrays.fill(one, 0);
      System.arraycopy(centroids.data(), c * dimension, one, 0, dimension);
      rotation.apply(one);
      System.arraycopy(one, 0, all, c * rotation.size(), rotation.size());
    }
    return all;
  }

  /** Longs of a row's signs. */
  static int words(int dimension) {
    return (dimension + 63) / 64;
  }

  static RabitqCodes of(DenseVectors vectors, InvertedLists lists, Metric metric, RowRanges ranges)
      throws InterruptedException {
    int size = lists.size();
    long[] signs = new long[Math.multiplyExact(size, words(lists.centroids().dimension()))];
    RabitqCodes codes = new RabitqCodes(lists, signs, new float[size], new float[size]);
    ranges.each(
        lists.count(),
        1,
        (from, to) -> {
          for (int list = from; list < to; list++) {
            codes.encode(vectors, list, metric);
          }
        },
        done -> {});
    return codes;
  }

  private void encode(DenseVectors vectors, int list, Metric metric) {
    Centroids points = lists.centroids();
    int dimension = points.dimension();
    float[] rest = new float[rotation.size()];
    for (int place = lists.offsets()[list]; place < lists.offsets()[list + 1]; place++) {
      Arrays.fill(rest, 0);
      ListPoints.copy(vectors, lists.rows()[place], rest, 0, metric);
      for (int i = 0; i < dimension; i++) {
        rest[i] -= points.data()[list * dimension + i];
      }
      float squared = Scores.dot(rest, 0, rest, 0, dimension);
      constants[place] = metric == Metric.L2 ? -squared : points.dot(rest, 0, list);
      rotation.apply(rest);
      float sum = 0;
      for (int i = 0; i < rest.length; i++) {
        sum += Math.abs(rest[i]);
        if (rest[i] > 0) {
          signs[place * words + (i >>> 6)] |= 1L << i;
        }
      }
      scales[place] = sum > 0 ? squared / sum : 0;
    }
  }

  long[] signs() {
    return signs;
  }

  float[] constants() {
    return constants;
  }

  float[] scales() {
    return scales;
  }

  long bytes() {
    return 8L * signs.length + 4L * (constants.length + scales.length + centroids.length);
  }

  /**
   * @param bits that a coordinate of the query is told by, from 1 to 8
   */
  Scorer scorer(Metric metric, float[] query, int bits) {
    return new Scorer(metric, query, bits);
  }

  /** Scores the rows of one list after another against one query. For one thread. */
  final class Scorer implements ListScorer {
    private final boolean byDistance;
    private final float[] query = new float[rotation.size()];
    private final float[] rest = new float[rotation.size()];
    private final int bits;

    /** Bit {@code j} of all coordinates, word by word. */
    private final long[] planes;

    private float least;
    private float step;
    private float sum;
    private float constant;

    private Scorer(Metric metric, float[] given, int bits) {
      this.byDistance = metric == Metric.L2;
      this.bits = bits;
      this.planes = new long[bits * words];
      ListPoints.copy(given, 0, query, 0, given.length, metric);
      rotation.apply(query);
    }

    @Override
    public void enter(int list) {
      int size = rotation.size();
      int at = list * size;
      least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      sum = 0;
      for (int i = 0; i < size; i++) {
        float value = query[i] - centroids[at + i];
        rest[i] = value;
        least = Math.min(least, value);
        most = Math.max(most, value);
        sum += value;
      }
      constant =
          byDistance
              ? -Scores.dot(rest, 0, rest, 0, size)
              : Scores.dot(query, 0, centroids, at, size);
      step = (most - least) / ((1 << bits) - 1);
      float inverse = step > 0 ? 1 / step : 0;
      Arrays.fill(planes, 0);
      for (int i = 0; i < size; i++) {
        int level = (int) ((rest[i] - least) * inverse + 0.5f);
        for (int j = 0; j < bits; j++) {
          planes[j * words + (i >>> 6)] |= (level >>> j & 1L) << i;
        }
      }
    }

    @Override
    public void nearness(int[] places, int[] rows, int count, float[] out) {
      for (int i = 0; i < count; i++) {
        out[i] = nearness(places[i]);
      }
    }

    @Override
    public void nearness(int from, int[] rows, int count, float[] out) {
      for (int i = 0; i < count; i++) {
        out[i] = nearness(from + i);
      }
    }

    private float nearness(int place) {
      float factor = byDistance ? 2 : 1;
      return constant + constants[place] + factor * scales[place] * product(place * words);
    }

    /** The rest's product with signs: twice the sum where they are positive, less the whole. */
    private float product(int at) {
      int positive = 0;
      for (int w = 0; w < words; w++) {
        positive += Long.bitCount(signs[at + w]);
      }
      int levels = 0;
      for (int j = 0; j < bits; j++) {
        int ones = 0;
        for (int w = 0; w < words; w++) {
          ones += Long.bitCount(signs[at + w] & planes[j * words + w]);
        }
        levels += ones << j;
      }
      return 2 * (step * levels + least * positive) - sum;
    }
  }
}
