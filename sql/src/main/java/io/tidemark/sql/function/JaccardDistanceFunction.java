package io.tidemark.sql.function;

/** {@code JACCARD_DISTANCE(a, b)}: 1 less the similarity; 1 if no bit is 1, as in Milvus. */
public final class JaccardDistanceFunction extends BitFunction {
  private static final long serialVersionUID = 1L;

  @Override
  VectorFunction instance() {
    return new JaccardDistanceFunction();
  }

  @Override
  float ofCounts(int common, int any) {
    return any == 0 ? 1 : (float) (any - common) / any;
  }
}
