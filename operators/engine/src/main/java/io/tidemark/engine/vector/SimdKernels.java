package io.tidemark.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops over the Vector API, four accumulators wide so that the additions' latency is hidden.
 * Apart from {@link Scores}, so that a JVM without the incubator module gets a clear message before
 * this class is linked.
 */
final class SimdKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private SimdKernels() {}

  static String shape() {
    return SPECIES.vectorShape() + " (" + LANES + " floats)";
  }

  static float squaredDistance(float[] a, int aOffset, float[] b, int bOffset, int length) {
    if (length < LANES) {
      return smallSquaredDistance(a, aOffset, b, bOffset, length);
    }
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
      FloatVector d0 = difference(a, aOffset + i, b, bOffset + i);
      FloatVector d1 = difference(a, aOffset + i + LANES, b, bOffset + i + LANES);
      FloatVector d2 = difference(a, aOffset + i + 2 * LANES, b, bOffset + i + 2 * LANES);
      FloatVector d3 = difference(a, aOffset + i + 3 * LANES, b, bOffset + i + 3 * LANES);
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      s2 = d2.fma(d2, s2);
      s3 = d3.fma(d3, s3);
    }
    for (int end = length - LANES; i <= end; i += LANES) {
      FloatVector d = difference(a, aOffset + i, b, bOffset + i);
      s0 = d.fma(d, s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    return i == length
        ? sum
        : sum + smallSquaredDistance(a, aOffset + i, b, bOffset + i, length - i);
  }

  static float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    if (length < LANES) {
      return smallDot(a, aOffset, b, bOffset, length);
    }
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
      s0 = load(a, aOffset + i).fma(load(b, bOffset + i), s0);
      s1 = load(a, aOffset + i + LANES).fma(load(b, bOffset + i + LANES), s1);
      s2 = load(a, aOffset + i + 2 * LANES).fma(load(b, bOffset + i + 2 * LANES), s2);
      s3 = load(a, aOffset + i + 3 * LANES).fma(load(b, bOffset + i + 3 * LANES), s3);
    }
    for (int end = length - LANES; i <= end; i += LANES) {
      s0 = load(a, aOffset + i).fma(load(b, bOffset + i), s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    return i == length ? sum : sum + smallDot(a, aOffset + i, b, bOffset + i, length - i);
  }

  private static FloatVector load(float[] values, int offset) {
    return FloatVector.fromArray(SPECIES, values, offset);
  }

  private static FloatVector difference(float[] a, int aOffset, float[] b, int bOffset) {
    return load(a, aOffset).sub(load(b, bOffset));
  }

  private static float smallSquaredDistance(
      float[] a, int aOffset, float[] b, int bOffset, int length) {
    float sum = 0;
    for (int i = 0; i < length; i++) {
      float d = a[aOffset + i] - b[bOffset + i];
      sum += d * d;
    }
    return sum;
  }

  private static float smallDot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float sum = 0;
    for (int i = 0; i < length; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }
}
