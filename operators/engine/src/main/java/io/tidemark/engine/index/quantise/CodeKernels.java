package io.tidemark.engine.index.quantise;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops over codes on the Vector API. Whoever calls them has met {@code Scores} before. */
final class CodeKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  /** Bytes for one or two vectors of floats: 64 bits are the least that there is. */
  private static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final int STEP = BYTES.length();
  private static final boolean TWO_PARTS = STEP == 2 * LANES;

  private CodeKernels() {}

  /** The inner product of floats and signed bytes. */
  static float dot(float[] a, byte[] b, int bOffset, int length) {
    int i = 0;
    float sum = 0;
    if (length >= 2 * STEP) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      for (int end = length - 2 * STEP; i <= end; i += 2 * STEP) {
        ByteVector first = ByteVector.fromArray(BYTES, b, bOffset + i);
        ByteVector second = ByteVector.fromArray(BYTES, b, bOffset + i + STEP);
        s0 = FloatVector.fromArray(FLOATS, a, i).fma(floats(first, 0), s0);
        s1 = FloatVector.fromArray(FLOATS, a, i + STEP).fma(floats(second, 0), s1);
        if (TWO_PARTS) {
          s0 = FloatVector.fromArray(FLOATS, a, i + LANES).fma(floats(first, 1), s0);
          s1 = FloatVector.fromArray(FLOATS, a, i + STEP + LANES).fma(floats(second, 1), s1);
        }
      }
      sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    }
    for (; i < length; i++) {
      sum += a[i] * b[bOffset + i];
    }
    return sum;
  }

  private static FloatVector floats(ByteVector bytes, int part) {
    return (FloatVector) bytes.castShape(FLOATS, part);
  }

  /**
   * The products of one short vector with many, which lie place by place: {@code out[c] = Σ x[i]
   * columns[i × count + c]}.
   */
  static void dots(
      float[] x, int xOffset, int length, float[] columns, int offset, int count, float[] out) {
    int c = 0;
    for (int end = count - LANES; c <= end; c += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < length; i++) {
        sum =
            FloatVector.fromArray(FLOATS, columns, offset + i * count + c)
                .fma(FloatVector.broadcast(FLOATS, x[xOffset + i]), sum);
      }
      sum.intoArray(out, c);
    }
    for (; c < count; c++) {
      float sum = 0;
      for (int i = 0; i < length; i++) {
        sum += x[xOffset + i] * columns[offset + i * count + c];
      }
      out[c] = sum;
    }
  }
}
