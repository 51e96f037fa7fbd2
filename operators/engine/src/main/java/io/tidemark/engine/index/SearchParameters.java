package io.tidemark.engine.index;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.Metric;
import java.util.Locale;
import java.util.Map;

/**
 * How a search is to be done. The range is Milvus's: with L2 a hit's distance is in {@code
 * [rangeFilter, radius)}, with IP and COSINE its score is in {@code (radius, rangeFilter]}.
 *
 * @param ef candidates kept while a graph is searched, 0 for the default
 * @param radius the outer bound, NaN for none
 * @param rangeFilter the inner bound, NaN for none
 */
public record SearchParameters(int ef, float radius, float rangeFilter) {
  public static final int EF_MAX = 32_768;
  public static final SearchParameters DEFAULT = new SearchParameters(0, Float.NaN, Float.NaN);

  public SearchParameters {
    if (ef < 0 || ef > EF_MAX) {
      throw new IllegalArgumentException("ef is " + ef + ", expected 0 to " + EF_MAX);
    }
  }

  /**
   * Reads {@code ef}, {@code radius} and {@code range_filter}; other parameters belong to other
   * index types and are ignored, and so is, as in Milvus, a {@code range_filter} without a {@code
   * radius}.
   *
   * @param k hits wanted, offset included
   * @throws TidemarkException 1100 if one is no number, out of its range, or ef is below k, or the
   *     bounds leave nothing between them
   */
  public static SearchParameters parse(Map<String, String> params, Metric metric, int k) {
    int ef = IndexDefinition.intParameter(params, "ef", 0, 1, EF_MAX);
    if (ef != 0 && ef < k) {
      throw TidemarkException.invalid(
          "Out of range in json: ef(" + ef + ") should be larger than k(" + k + ")");
    }
    float radius = number(params, "radius");
    float rangeFilter = Float.isNaN(radius) ? Float.NaN : number(params, "range_filter");
    if (!Float.isNaN(rangeFilter) && !metric.nearer(rangeFilter, radius)) {
      throw TidemarkException.invalid(
          String.format(
              Locale.ROOT,
              "range_filter must be %s than radius for %s, range_filter:%f, radius:%f",
              metric.largerIsNearer() ? "greater" : "less",
              metric.largerIsNearer() ? "IP/COSINE" : "L2",
              rangeFilter,
              radius));
    }
    return new SearchParameters(ef, radius, rangeFilter);
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
