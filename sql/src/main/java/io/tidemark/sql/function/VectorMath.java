package io.tidemark.sql.function;

import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores two vectors with the kernels that searches use. A Flink cluster that was started without
 * the JDK's vector module gets the same sums from a loop, in the order of {@value #LANES} lanes, so
 * that only the last bits can differ. Stateless.
 */
final class VectorMath {
  private static final Logger LOG = LoggerFactory.getLogger(VectorMath.class);
  private static final String MODULE = "jdk.incubator.vector";
  private static final boolean KERNELS = kernels();

  /** Four registers of 8 floats, as the kernels have them on AVX2. */
  static final int LANES = 32;

  private VectorMath() {}

  private static boolean kernels() {
    boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
    if (!present) {
      LOG.warn(
          "vector functions run without kernels, slower: missing={}", "--add-modules " + MODULE);
    }
    return present;
  }

  static float score(Metric metric, float[] a, float[] b) {
    return KERNELS ? Scores.score(metric, a, b, 0, a.length) : looped(metric, a, b);
  }

  static float inverseNorm(float[] vector) {
    return KERNELS ? Scores.inverseNorm(vector, 0, vector.length) : loopedInverseNorm(vector);
  }

  static float looped(Metric metric, float[] a, float[] b) {
    return switch (metric) {
      case L2 -> sum(a, b, true);
      case IP -> sum(a, b, false);
      case COSINE -> sum(a, b, false) * loopedInverseNorm(a) * loopedInverseNorm(b);
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo("floats");
    };
  }

  private static float loopedInverseNorm(float[] vector) {
    float squared = sum(vector, vector, false);
    return squared > 0 ? (float) (1 / Math.sqrt(squared)) : 0;
  }

  private static float sum(float[] a, float[] b, boolean ofSquares) {
    float[] sums = new float[LANES];
    int i = 0;
    for (int end = a.length - LANES; i <= end; i += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        float left = ofSquares ? a[i + lane] - b[i + lane] : a[i + lane];
        float right = ofSquares ? left : b[i + lane];
        sums[lane] = Math.fma(left, right, sums[lane]);
      }
    }
    float sum = 0;
    for (float lane : sums) {
      sum += lane;
    }
    for (; i < a.length; i++) {
      float left = ofSquares ? a[i] - b[i] : a[i];
      sum += left * (ofSquares ? left : b[i]);
    }
    return sum;
  }
}
