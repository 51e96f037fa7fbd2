package io.tidemark.engine.index;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import java.util.Locale;
import java.util.Map;

/**
 * How a search is to be done. The range is Milvus's: with L2 a hit's distance is in {@code
 * [rangeFilter, radius)}, with IP and COSINE its score is in {@code (radius, rangeFilter]}.
 *
 * @param given the parameters of the index's family that the search sets, by name; checked
 * @param radius the outer bound, NaN for none
 * @param rangeFilter the inner bound, NaN for none
 * @param share of all the rows that are searched, those behind this index, up to 1: in a small part
 *     a family may look less hard where the search itself does not say how hard
 */
public record SearchParameters(
    Map<String, String> given, float radius, float rangeFilter, double share) {
  public static final SearchParameters DEFAULT =
      new SearchParameters(Map.of(), Float.NaN, Float.NaN);

  public SearchParameters {
    given = Map.copyOf(given);
  }

  /** For all the rows. */
  public SearchParameters(Map<String, String> given, float radius, float rangeFilter) {
    this(given, radius, rangeFilter, 1);
  }

  /** The same for a part of the rows. */
  public SearchParameters withShare(double part) {
    return new SearchParameters(given, radius, rangeFilter, part);
  }

  /**
   * Reads the parameters of the family, {@code radius} and {@code range_filter}; others belong to
   * other index types and are ignored, and so is, as in Milvus, a {@code range_filter} without a
   * {@code radius}.
   *
   * @param k hits wanted, offset included
   * @throws TidemarkException 1100 if one is no number, out of its range, or below k where it must
   *     not be, or the bounds leave nothing between them
   */
  public static SearchParameters parse(
      IndexFamily family, Map<String, String> params, Metric metric, int k) {
    Map<String, String> given = family.checkSearch(params, k);
    float radius = number(params, "radius");
    float rangeFilter = Float.isNaN(radius) ? Float.NaN : number(params, "range_filter");
    if (!Float.isNaN(rangeFilter) && !metric.nearer(rangeFilter, radius)) {
      throw TidemarkException.invalid(
          String.format(
              Locale.ROOT,
              "range_filter must be %s than radius for %s, range_filter:%f, radius:%f",
              metric.largerIsNearer() ? "greater" : "less",
              metric == Metric.IP || metric == Metric.COSINE ? "IP/COSINE" : metric,
              rangeFilter,
              radius));
    }
    return new SearchParameters(given, radius, rangeFilter);
  }

  /** Whether only scores of a range are wanted. */
  public boolean hasRange() {
    return !Float.isNaN(radius);
  }

  private static float number(Map<String, String> params, String key) {
    String text = params.get(key);
    if (text == null) {
      return Float.NaN;
    }
    float value;
    try {
      value = Float.parseFloat(text.trim());
    } catch (NumberFormatException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "must pass numpy type for " + key + ": a number, but got '" + text + "'",
          e);
    }
    if (Float.isNaN(value)) {
      throw TidemarkException.invalid(
          "must pass numpy type for " + key + ": a number, but got '" + text + "'");
    }
    return value;
  }
}
