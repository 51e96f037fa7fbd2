package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.model.error.TidemarkException;
import java.util.Map;

/** The parameters of {@link ProductCodes}, for families that have such codes. */
public final class ProductParameters {
  public static final IndexParameter.Whole BITS =
      IndexParameter.Whole.of("nbits", 1, 8, 8, "bits of each part's code");
  public static final IndexParameter.Whole LEVELS =
      IndexParameter.Whole.of(
          "nrq",
          1,
          ProductCodes.LEVELS_MAX,
          2,
          "codes of a part, each of what the ones before leave; m × nrq is at most four times the dimension");

  private static final int PARTS_MIN = 8;

  /** What JVMs make. */
  private static final int ARRAY_LENGTH_MAX = Integer.MAX_VALUE - 8;

  private ProductParameters() {}

  /**
   * Into how many parts vectors are cut.
   *
   * @param share of the dimension's numbers, in words
   */
  public static IndexParameter.Whole parts(String share) {
    return IndexParameter.Whole.derived(
        "m",
        1,
        65_536,
        "the dimension's least divisor from "
            + share
            + " of it and from 8 up, itself if it is less",
        "parts of a vector with a code each; a divisor of the dimension");
  }

  /**
   * @throws TidemarkException 1100 if parts of one length cannot be made
   */
  public static void check(IndexParameter.Whole parts, Map<String, String> given, int dimension) {
    int wanted = parts.in(given);
    if (wanted != 0 && dimension % wanted != 0) {
      throw TidemarkException.invalid(
          "The dimension of a vector (dim) should be a multiple of the number of subquantizers (m)."
              + " Dimension: "
              + dimension
              + ", m: "
              + wanted);
    }
  }

  /**
   * The parts wanted, else as the default says.
   *
   * @param each numbers of a part, by default at most
   */
  public static int parts(
      IndexParameter.Whole parts, Map<String, String> given, int dimension, int each) {
    int wanted = parts.in(given);
    if (wanted != 0) {
      return wanted;
    }
    return divisor(Math.max((dimension + each - 1) / each, enough(dimension)), dimension);
  }

  /** Fewer parts would not tell the rows of short vectors apart. */
  public static int enough(int dimension) {
    return Math.min(PARTS_MIN, dimension);
  }

  /** The least divisor of the dimension that is no less. */
  public static int divisor(int wanted, int dimension) {
    int divisor = wanted;
    while (dimension % divisor != 0) {
      divisor++;
    }
    return divisor;
  }

  /**
   * @throws TidemarkException 1100 if codes would be longer than the vectors that they stand for
   */
  public static void checkLength(int parts, int levels, int dimension) {
    long length = (long) parts * levels;
    long lengthMax = (long) Float.BYTES * dimension;
    if (length > lengthMax) {
      throw TidemarkException.invalid(
          "codes of %d parts (m) × %d levels (nrq) = %d bytes are longer than vectors of dimension %d, the limit is %d: take a smaller m or nrq"
              .formatted(parts, levels, length, dimension, lengthMax));
    }
  }

  /**
   * Bytes of all codes of a segment, which lie in one array.
   *
   * @throws TidemarkException 1100 if that are too many
   */
  static int lengthOfAll(long rows, int bytesPerCode) {
    long length = rows * bytesPerCode;
    if (length > ARRAY_LENGTH_MAX) {
      throw TidemarkException.invalid(
          "codes of %d bytes (m × nrq) for %d rows of a segment take %d bytes, the limit is %d: index with a smaller m or nrq, or smaller segments"
              .formatted(bytesPerCode, rows, length, ARRAY_LENGTH_MAX));
    }
    return (int) length;
  }

  /**
   * Heap that codes take, with the sample that they are learned from, at most about.
   *
   * @throws TidemarkException 1100 if they are more than a segment's may be
   */
  public static long bytes(
      long rows, int dimension, int parts, int levels, Map<String, String> given) {
    int bits = BITS.in(given);
    lengthOfAll(rows, Codebook.bytesPerCode(parts, bits) * levels);
    long sample = Codebook.samples(rows, dimension, bits) + ((levels + 1L) << bits);
    return ((long) parts * levels + Float.BYTES) * rows + (long) Float.BYTES * dimension * sample;
  }
}
