package io.tidemark.engine.vector;

import io.tidemark.model.column.HalfFloats;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops over 16-bit floats: each is widened in a register, so that half as much memory is read
 * as for floats. The query is floats. Finite values only.
 *
 * <p>An IEEE half is widened by shifting its exponent and mantissa to the places of a float's and
 * multiplying by 2<sup>112</sup>, the difference of the exponents' biases, which is right for
 * subnormal halves too. A bfloat16 is the upper half of a float.
 */
final class HalfKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  private static final int LANES = FLOATS.length();

  private static final int MANTISSA_SHIFT = 13;
  private static final int SIGN_AND_VALUE = 0x8fff_e000;
  private static final float REBIAS = 0x1p112f;

  private HalfKernels() {}

  static float dotHalf(float[] query, short[] data, int offset, int length) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = length - 2 * LANES; i <= end; i += 2 * LANES) {
      s0 = load(query, i).fma(half(data, offset + i), s0);
      s1 = load(query, i + LANES).fma(half(data, offset + i + LANES), s1);
    }
    for (int end = length - LANES; i <= end; i += LANES) {
      s0 = load(query, i).fma(half(data, offset + i), s0);
    }
    float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      sum += query[i] * Float.float16ToFloat(data[offset + i]);
    }
    return sum;
  }

  static float squaredDistanceHalf(float[] query, short[] data, int offset, int length) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = length - 2 * LANES; i <= end; i += 2 * LANES) {
      FloatVector d0 = load(query, i).sub(half(data, offset + i));
      FloatVector d1 = load(query, i + LANES).sub(half(data, offset + i + LANES));
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    for (int end = length - LANES; i <= end; i += LANES) {
      FloatVector d = load(query, i).sub(half(data, offset + i));
      s0 = d.fma(d, s0);
    }
    float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      float d = query[i] - Float.float16ToFloat(data[offset + i]);
      sum += d * d;
    }
    return sum;
  }

  static float dotBrain(float[] query, short[] data, int offset, int length) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = length - 2 * LANES; i <= end; i += 2 * LANES) {
      s0 = load(query, i).fma(brain(data, offset + i), s0);
      s1 = load(query, i + LANES).fma(brain(data, offset + i + LANES), s1);
    }
    for (int end = length - LANES; i <= end; i += LANES) {
      s0 = load(query, i).fma(brain(data, offset + i), s0);
    }
    float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      sum += query[i] * HalfFloats.ofBrain(data[offset + i]);
    }
    return sum;
  }

  static float squaredDistanceBrain(float[] query, short[] data, int offset, int length) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = length - 2 * LANES; i <= end; i += 2 * LANES) {
      FloatVector d0 = load(query, i).sub(brain(data, offset + i));
      FloatVector d1 = load(query, i + LANES).sub(brain(data, offset + i + LANES));
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    for (int end = length - LANES; i <= end; i += LANES) {
      FloatVector d = load(query, i).sub(brain(data, offset + i));
      s0 = d.fma(d, s0);
    }
    float sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      float d = query[i] - HalfFloats.ofBrain(data[offset + i]);
      sum += d * d;
    }
    return sum;
  }

  private static FloatVector load(float[] values, int offset) {
    return FloatVector.fromArray(FLOATS, values, offset);
  }

  private static FloatVector half(short[] data, int offset) {
    return ints(data, offset)
        .lanewise(VectorOperators.LSHL, MANTISSA_SHIFT)
        .and(SIGN_AND_VALUE)
        .reinterpretAsFloats()
        .mul(REBIAS);
  }

  private static FloatVector brain(short[] data, int offset) {
    return ints(data, offset).lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
  }

  private static IntVector ints(short[] data, int offset) {
    return (IntVector)
        ShortVector.fromArray(SHORTS, data, offset).convertShape(VectorOperators.S2I, INTS, 0);
  }
}
