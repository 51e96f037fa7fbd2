package io.tidemark.engine.vector;

import io.tidemark.model.index.Metric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The score of two vectors, as Milvus's clients get it: the squared distance for L2, the inner
 * product, or the cosine. Runs on the JDK's Vector API; there is no scalar way, since it would be
 * ten times slower without anyone noticing. Stateless, safe for concurrent use.
 *
 * <p>The cosine with a vector of zeros is 0. Sums run in the lanes' order, so the last digits
 * differ from a scalar sum's, and between machines with other lane counts.
 */
public final class Scores {
  private static final Logger LOG = LoggerFactory.getLogger(Scores.class);

  /** Sums below may have lost what their smallest squares add. */
  private static final float SQUARES_MIN = 1e-30f;

  private static final String MODULE = "jdk.incubator.vector";

  static {
    requireModule();
    LOG.info("vector kernels: provider={} shape={}", MODULE, SimdKernels.shape());
  }

  private Scores() {}

  private static void requireModule() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new IllegalStateException(
          "this JVM was started without the module "
              + MODULE
              + ", which vector search needs: add --add-modules "
              + MODULE
              + " to its options");
    }
  }

  /**
   * The kernels in words, for a start-up log. Call it when a process starts, so that a JVM without
   * the module fails there and not at its first search.
   *
   * @throws ExceptionInInitializerError caused by an {@link IllegalStateException} that names the
   *     missing option
   */
  public static String describe() {
    return MODULE + " " + SimdKernels.shape();
  }

  /** The score of {@code query} and the vector at {@code data[offset .. offset + dimension)}. */
  public static float score(Metric metric, float[] query, float[] data, int offset, int dimension) {
    return switch (metric) {
      case L2 -> SimdKernels.squaredDistance(query, 0, data, offset, dimension);
      case IP -> {
        float dot = SimdKernels.dot(query, 0, data, offset, dimension);
        yield Float.isFinite(dot) ? dot : (float) wideDot(query, data, offset, dimension);
      }
      case COSINE -> {
        float dot = SimdKernels.dot(query, 0, data, offset, dimension);
        yield Float.isFinite(dot)
            ? dot * inverseNorm(query, 0, dimension) * inverseNorm(data, offset, dimension)
            : wideCosine(query, data, offset, dimension);
      }
      case HAMMING, JACCARD, MHJACCARD -> throw metric.unknownTo("floats");
    };
  }

  /** The squared distance of two vectors in (other places of) arrays. */
  public static float squaredDistance(
      float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    return SimdKernels.squaredDistance(a, aOffset, b, bOffset, dimension);
  }

  /** The inner product of two vectors in (other places of) arrays. */
  public static float dot(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
    return SimdKernels.dot(a, aOffset, b, bOffset, dimension);
  }

  /** The inner product where a sum of floats overflows; it may be beyond them itself. */
  static double wideDot(float[] query, float[] data, int offset, int dimension) {
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      sum += (double) query[i] * data[offset + i];
    }
    return sum;
  }

  /** The cosine where a sum of floats overflows. */
  static float wideCosine(float[] query, float[] data, int offset, int dimension) {
    double norms = norm(query, 0, dimension) * norm(data, offset, dimension);
    return (float) (wideDot(query, data, offset, dimension) / norms);
  }

  private static double norm(float[] data, int offset, int dimension) {
    double sum = 0;
    for (int i = offset; i < offset + dimension; i++) {
      sum += (double) data[i] * data[i];
    }
    return Math.sqrt(sum);
  }

  /** 1 / |v|, or 0 if |v| is 0. */
  public static float inverseNorm(float[] data, int offset, int dimension) {
    float squared = SimdKernels.dot(data, offset, data, offset, dimension);
    if (squared >= SQUARES_MIN && squared <= Float.MAX_VALUE) {
      return (float) (1 / Math.sqrt(squared));
    }
    // The squares of such numbers are no floats.
    double norm = norm(data, offset, dimension);
    return norm > 0 ? (float) Math.min(Float.MAX_VALUE, 1 / norm) : 0;
  }
}
