package io.tidemark.engine.index.quantise;

import io.tidemark.engine.index.IndexParameter;
import java.util.List;
import java.util.Map;

/**
 * The parameters of scoring hits again that were found by codes. Here that is always done, by the
 * segment's own vectors, which are in memory in any case.
 */
public final class Refinement {
  public static final IndexParameter.Flag REFINE =
      new IndexParameter.Flag(
          "refine", false, "taken and not needed: hits are always scored by their vectors");
  public static final IndexParameter.Choice REFINE_TYPE =
      new IndexParameter.Choice(
          "refine_type",
          "refine type",
          List.of("sq6", "sq8", "fp16", "bf16", "fp32", "flat"),
          "flat",
          "taken and not needed: refinement is by the segment's own vectors");

  /** Fewer candidates would leave small searches to the codes' luck. */
  private static final int CANDIDATES_MIN = 40;

  private Refinement() {}

  /** What a search keeps by codes, for each hit wanted. */
  public static IndexParameter.Decimal refineK(float fallback) {
    return new IndexParameter.Decimal(
        "refine_k",
        1,
        Float.MAX_VALUE,
        fallback,
        "for each hit wanted so many are kept by their codes (40 at least) and scored by their vectors");
  }

  /** How many hits are scored again to find {@code k}. */
  public static int candidates(IndexParameter.Decimal refineK, Map<String, String> given, int k) {
    double wanted = Math.ceil((double) refineK.in(given) * k);
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(CANDIDATES_MIN, wanted));
  }
}
