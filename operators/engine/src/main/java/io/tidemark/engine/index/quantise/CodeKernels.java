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

  /**
   * The inner products of floats and four codes that follow each other, each added up as {@link
   * #dot} does. A number of the query is read once for four codes, and four sums do not wait for
   * each other: two thirds of the time.
   */
  static void fourDots(float[] a, byte[] b, int bOffset, int length, float[] out, int at) {
    if (TWO_PARTS || length < 2 * STEP) {
      for (int code = 0; code < 4; code++) {
        out[at + code] = dot(a, b, bOffset + code * length, length);
      }
      return;
    }
    int i = 0;
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    for (int end = length - 2 * STEP; i <= end; i += 2 * STEP) {
      int next = bOffset + i;
      FloatVector first = FloatVector.fromArray(FLOATS, a, i);
      a0 = first.fma(floats(b, next), a0);
      b0 = first.fma(floats(b, next + length), b0);
      c0 = first.fma(floats(b, next + 2 * length), c0);
      d0 = first.fma(floats(b, next + 3 * length), d0);
      FloatVector second = FloatVector.fromArray(FLOATS, a, i + STEP);
      next += STEP;
      a1 = second.fma(floats(b, next), a1);
      b1 = second.fma(floats(b, next + length), b1);
      c1 = second.fma(floats(b, next + 2 * length), c1);
      d1 = second.fma(floats(b, next + 3 * length), d1);
    }
    out[at] = a0.add(a1).reduceLanes(VectorOperators.ADD);
    out[at + 1] = b0.add(b1).reduceLanes(VectorOperators.ADD);
    out[at + 2] = c0.add(c1).reduceLanes(VectorOperators.ADD);
    out[at + 3] = d0.add(d1).reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      for (int code = 0; code < 4; code++) {
        out[at + code] += a[i] * b[bOffset + code * length + i];
      }
    }
  }

  private static FloatVector floats(byte[] codes, int offset) {
    return floats(ByteVector.fromArray(BYTES, codes, offset), 0);
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
