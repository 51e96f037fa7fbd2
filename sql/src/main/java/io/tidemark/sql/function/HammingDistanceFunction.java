package io.tidemark.sql.function;

/** {@code HAMMING_DISTANCE(a, b)}: how many bits differ. */
public final class HammingDistanceFunction extends BitFunction {
  private static final long serialVersionUID = 1L;

  @Override
  VectorFunction instance() {
    return new HammingDistanceFunction();
  }

  @Override
  float ofCounts(int common, int any) {
    return any - common;
  }
}
