package io.tidemark.sql.function;

/** {@code JACCARD_SIMILARITY(a, b)}: bits that are 1 in both, of those in any; 0 if none is. */
public final class JaccardSimilarityFunction extends BitFunction {
  private static final long serialVersionUID = 1L;

  @Override
  VectorFunction instance() {
    return new JaccardSimilarityFunction();
  }

  @Override
  float ofCounts(int common, int any) {
    return any == 0 ? 0 : (float) common / any;
  }
}
