package io.tidemark.engine.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops over signed bytes. The query's bytes are ints already. Sums are exact: at the largest
 * dimension, 32,768, they stay within an int.
 */
final class ByteKernels {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = INTS.length();
  private static final VectorSpecies<Byte> BYTES = bytes();

  /** On the narrowest machines a vector of that many bytes is none: then plain loops do it. */
  private static final boolean WIDE = INTS.vectorBitSize() >= 256;

  private ByteKernels() {}

  private static VectorSpecies<Byte> bytes() {
    return VectorSpecies.of(
        byte.class, VectorShape.forBitSize(Math.max(64, INTS.vectorBitSize() / 4)));
  }

  static int dot(int[] query, byte[] data, int offset, int length) {
    int sum = 0;
    int i = 0;
    if (WIDE) {
      IntVector s0 = IntVector.zero(INTS);
      IntVector s1 = s0;
      for (int end = length - 2 * LANES; i <= end; i += 2 * LANES) {
        s0 = s0.add(load(query, i).mul(ints(data, offset + i)));
        s1 = s1.add(load(query, i + LANES).mul(ints(data, offset + i + LANES)));
      }
      sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    }
    for (; i < length; i++) {
      sum += query[i] * data[offset + i];
    }
    return sum;
  }

  static int squaredDistance(int[] query, byte[] data, int offset, int length) {
    int sum = 0;
    int i = 0;
    if (WIDE) {
      IntVector s0 = IntVector.zero(INTS);
      IntVector s1 = s0;
      for (int end = length - 2 * LANES; i <= end; i += 2 * LANES) {
        IntVector d0 = load(query, i).sub(ints(data, offset + i));
        IntVector d1 = load(query, i + LANES).sub(ints(data, offset + i + LANES));
        s0 = s0.add(d0.mul(d0));
        s1 = s1.add(d1.mul(d1));
      }
      sum = s0.add(s1).reduceLanes(VectorOperators.ADD);
    }
    for (; i < length; i++) {
      int d = query[i] - data[offset + i];
      sum += d * d;
    }
    return sum;
  }

  private static IntVector load(int[] values, int offset) {
    return IntVector.fromArray(INTS, values, offset);
  }

  private static IntVector ints(byte[] data, int offset) {
    return (IntVector)
        ByteVector.fromArray(BYTES, data, offset).convertShape(VectorOperators.B2I, INTS, 0);
  }
}
