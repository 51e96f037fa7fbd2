package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;

/** {@code COSINE_SIMILARITY(a, b)}, as a COSINE search scores it: 0 with a vector of zeros. */
public final class CosineSimilarityFunction extends ScoreFunction {
  private static final long serialVersionUID = 1L;

  public CosineSimilarityFunction() {
    super(Metric.COSINE);
  }

  @Override
  VectorFunction instance() {
    return new CosineSimilarityFunction();
  }
}
