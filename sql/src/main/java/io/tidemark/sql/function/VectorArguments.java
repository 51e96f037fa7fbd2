package io.tidemark.sql.function;

import io.tidemark.engine.vector.Scores;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.Metric;
import org.jspecify.annotations.Nullable;

/** Checks and unboxes what the functions are called with. */
final class VectorArguments {
  private VectorArguments() {}

  static @Nullable Float score(Metric metric, Float @Nullable [] a, Float @Nullable [] b) {
    if (a == null || b == null) {
      return null;
    }
    if (a.length != b.length) {
      throw TidemarkException.invalid(
          "vectors of "
              + a.length
              + " and "
              + b.length
              + " elements, expected two of one dimension");
    }
    return Scores.score(metric, unboxed(a), unboxed(b), 0, a.length);
  }

  private static float[] unboxed(@Nullable Float[] vector) {
    float[] values = new float[vector.length];
    for (int i = 0; i < values.length; i++) {
      Float value = vector[i];
      if (value == null) {
        throw TidemarkException.invalid("element " + i + " of a vector is NULL, expected a FLOAT");
      }
      values[i] = value;
    }
    return values;
  }
}
