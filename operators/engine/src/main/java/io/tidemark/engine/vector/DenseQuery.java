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

  /**
   * @throws IllegalArgumentException if the query is of another kind
   */
  public static DenseQuery of(QueryVector query) {
    return switch (query) {
      case DenseQuery dense -> dense;
      case BinaryQuery binary -> throw new IllegalArgumentException("a query of bits, not numbers");
      case SparseQuery sparse ->
          throw new IllegalArgumentException("a sparse query, not a dense one");
    };
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
