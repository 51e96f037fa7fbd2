package io.tidemark.sql.function;

import io.tidemark.model.index.Metric;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.ArrayData;
import org.jspecify.annotations.Nullable;

/** The score of two vectors under a metric, as a search gives it. */
public abstract class ScoreFunction extends VectorFunction {
  private static final long serialVersionUID = 1L;

  private final Metric metric;

  ScoreFunction(Metric metric) {
    super(2, false, DataTypes.FLOAT());
    this.metric = metric;
  }

  /** NULL if a vector is NULL. */
  public @Nullable Float eval(@Nullable ArrayData a, @Nullable ArrayData b) {
    if (a == null || b == null) {
      return null;
    }
    checkSame(a.size(), b.size());
    return ofScore(VectorMath.score(metric, reader(0).floats(a), reader(1).floats(b)));
  }

  /** What is returned for a score. */
  float ofScore(float score) {
    return score;
  }
}
