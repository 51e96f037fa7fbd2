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
          "codes of a part, each of what the ones before leave");

  private static final int PARTS_MIN = 8;

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

  /** Heap that codes take, with the sample that they are learned from, at most about. */
  public static long bytes(
      long rows, int dimension, int parts, int levels, Map<String, String> given) {
    int bits = BITS.in(given);
    long sample = Codebook.samples(rows, dimension, bits) + ((levels + 1L) << bits);
    return ((long) parts * levels + Float.BYTES) * rows + (long) Float.BYTES * dimension * sample;
  }
}
