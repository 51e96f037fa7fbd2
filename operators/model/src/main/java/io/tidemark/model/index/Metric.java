package io.tidemark.model.index;

import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import java.util.Locale;

/**
 * How near two vectors are. The score is what Milvus's clients get: the squared distance for L2
 * (smaller is nearer), the inner product or the cosine for the others (larger is nearer).
 */
public enum Metric {
  L2(false),
  IP(true),
  COSINE(true);

  private final boolean largerIsNearer;

  Metric(boolean largerIsNearer) {
    this.largerIsNearer = largerIsNearer;
  }

  public boolean largerIsNearer() {
    return largerIsNearer;
  }

  /** Whether score {@code a} is nearer than {@code b}. */
  public boolean nearer(float a, float b) {
    return largerIsNearer ? a > b : a < b;
  }

  /**
   * @throws TidemarkException 1100 for a name that is none of ours
   */
  public static Metric parse(String name) {
    String upper = name.trim().toUpperCase(Locale.ROOT);
    for (Metric metric : values()) {
      if (metric.name().equals(upper)) {
        return metric;
      }
    }
    throw TidemarkException.invalid(
        "metric type " + name + " is not supported, expected one of " + Arrays.toString(values()));
  }
}
