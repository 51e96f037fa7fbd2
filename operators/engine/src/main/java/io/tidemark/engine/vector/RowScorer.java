package io.tidemark.engine.vector;

/**
 * Scores rows of some {@link Vectors} against one query. The nearness is the score turned so that
 * larger is nearer under every metric: the score itself, or minus the distance; NaN for a row that
 * has nothing in common with a sparse query and is no hit. Immutable, safe for concurrent use.
 *
 * <p>Loops go through the batches: one call by its type for many rows, and in each type a loop of
 * its own that the compiler can see through.
 */
public abstract class RowScorer {
  protected RowScorer() {}

  public abstract float nearness(int row);

  /** Of {@code rows[0 .. count)}, into {@code out[0 .. count)}. */
  public abstract void nearness(int[] rows, int count, float[] out);

  /** Of the rows {@code from .. from + count − 1}, into {@code out[0 .. count)}. */
  public abstract void nearness(int from, int count, float[] out);
}
