package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;

/** {@code COSINE_DISTANCE(a, b)}: 1 less the similarity. */
public final class CosineDistanceFunction extends ScoreFunction {
  private static final long serialVersionUID = 1L;

  public CosineDistanceFunction() {
    super(Metric.COSINE);
  }

  @Override
  VectorFunction instance() {
    return new CosineDistanceFunction();
  }

  @Override
  float ofScore(float score) {
    return 1 - score;
  }
}
