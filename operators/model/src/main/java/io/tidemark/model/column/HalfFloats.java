package io.tidemark.model.column;

/**
 * Floats of 16 bits: IEEE halves (1 sign, 5 exponent, 10 mantissa bits) and bfloat16 (1, 8, 7), the
 * upper half of a float. Widening is exact, narrowing rounds to the nearest, ties to even; what is
 * beyond the largest becomes an infinity. Stateless.
 */
public final class HalfFloats {
  private HalfFloats() {}

  public static float ofHalf(short bits) {
    return Float.float16ToFloat(bits);
  }

  public static short toHalf(float value) {
    return Float.floatToFloat16(value);
  }

  public static float ofBrain(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }

  public static short toBrain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> Short.SIZE) | 0x40);
    }
    int toEven = 0x7fff + ((bits >>> Short.SIZE) & 1);
    return (short) ((bits + toEven) >>> Short.SIZE);
  }
}
