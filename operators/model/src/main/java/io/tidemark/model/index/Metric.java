package io.tidemark.model.index;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import java.util.Arrays;
import java.util.Locale;

/**
 * How near two vectors are. The score is what Milvus's clients get: the squared distance for L2
 * (smaller is nearer), the inner product or the cosine (larger is nearer); of bits how many differ
 * for HAMMING and, for JACCARD, of those that are 1 in any of the two the share that is not in both
 * (smaller is nearer; 1 if no bit is 1). MHJACCARD takes bits as a MinHash signature and is the
 * share of its elements that are the same (larger is nearer); rows that have none of the query's
 * are no hits.
 */
public enum Metric {
  L2(false),
  IP(true),
  COSINE(true),
  HAMMING(false),
  JACCARD(false),
  MHJACCARD(true);

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

  /** The one that an index on such vectors has if none is named. */
  public static Metric ofVectors(DataType type) {
    return switch (type) {
      case BINARY_VECTOR -> HAMMING;
      case SPARSE_FLOAT_VECTOR -> IP;
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON -> COSINE;
      case FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR -> COSINE;
    };
  }

  /** For code that compares no such things by this metric and was asked to: a caller's mistake. */
  public IllegalArgumentException unknownTo(String what) {
    return new IllegalArgumentException(this + " compares no " + what);
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
