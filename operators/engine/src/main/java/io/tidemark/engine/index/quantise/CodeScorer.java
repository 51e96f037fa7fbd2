package io.tidemark.engine.index.quantise;

import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.RowTouch;
import io.tidemark.model.index.Metric;

/** By the product of the query and a code, and the code's factor. */
abstract class CodeScorer extends RowScorer {
  private final Metric metric;
  private final float ofQuery;
  private final float[] factors;

  CodeScorer(Metric metric, float[] query, float[] factors) {
    this.metric = metric;
    this.ofQuery = CodeFactors.ofQuery(metric, query);
    this.factors = factors;
  }

  /** The product of the query and the code's vector. */
  abstract float dot(int place);

  /** The products of codes that follow each other. */
  void dots(int from, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = dot(from + i);
    }
  }

  /** Has the memory of some codes come at once ({@link RowTouch}). */
  abstract void touch(int[] places, int count);

  @Override
  public final float nearness(int place) {
    return CodeFactors.nearness(metric, dot(place), ofQuery, factors, place);
  }

  @Override
  public final void nearness(int[] places, int count, float[] out) {
    touch(places, count);
    if (factors.length > 0) {
      RowTouch.floats(factors, places, count, 1);
    }
    for (int i = 0; i < count; i++) {
      out[i] = nearness(places[i]);
    }
  }

  @Override
  public final void nearness(int from, int count, float[] out) {
    dots(from, count, out);
    for (int i = 0; i < count; i++) {
      out[i] = CodeFactors.nearness(metric, out[i], ofQuery, factors, from + i);
    }
  }
}
