package io.tidemark.engine.index.ivf;

import java.util.Random;

/**
 * A fixed rotation of vectors that spreads every coordinate over all, so that none stands out:
 * random signs and Walsh–Hadamard transforms of the first and the last {@code 2^j} coordinates in
 * turn. Costs n log n. Keeps lengths and angles. Immutable.
 */
final class Rotation {
  private static final int ROUNDS = 4;
  private static final long SEED = 0x5261_4269_7451L;

  private final int size;
  private final int block;
  private final float[] signs;

  /**
   * @param dimension of the vectors; they are filled up with zeros to a multiple of 64
   */
  Rotation(int dimension) {
    this.size = (dimension + 63) / 64 * 64;
    this.block = Integer.highestOneBit(size);
    this.signs = new float[ROUNDS * size];
    Random random = new Random(SEED);
    for (int i = 0; i < signs.length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
    }
  }

  /** Coordinates of a rotated vector. */
  int size() {
    return size;
  }

  /** Rotates in place; what is beyond the vector is zero. */
  void apply(float[] vector) {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < size; i++) {
        vector[i] *= signs[round * size + i];
      }
      transform(vector, round % 2 == 0 ? 0 : size - block);
    }
  }

  private void transform(float[] vector, int start) {
    for (int half = 1; half < block; half *= 2) {
      for (int from = start; from < start + block; from += 2 * half) {
        for (int i = from; i < from + half; i++) {
          float a = vector[i];
          float b = vector[i + half];
          vector[i] = a + b;
          vector[i + half] = a - b;
        }
      }
    }
    float scale = (float) (1 / Math.sqrt(block));
    for (int i = start; i < start + block; i++) {
      vector[i] *= scale;
    }
  }
}
