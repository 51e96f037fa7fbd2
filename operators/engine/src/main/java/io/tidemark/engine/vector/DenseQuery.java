package io.tidemark.engine.vector;

/** A query with a float at every place, for rows of every {@link DenseVectors}. */
public final class DenseQuery implements QueryVector {
  private final float[] values;

  /**
   * @param values kept, not copied
   */
  public DenseQuery(float[] values) {
    this.values = values;
  }

  /** Not to be written to. */
  public float[] values() {
    return values;
  }

  @Override
  public int dimension() {
    return values.length;
  }
}
