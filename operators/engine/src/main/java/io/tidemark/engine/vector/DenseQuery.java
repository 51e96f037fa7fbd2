package io.tidemark.engine.vector;

/** A query with a float at every place, for rows of every {@link DenseVectors}. */
public final class DenseQuery implements QueryVector {
  private static final float LEAST = 1e-3f;
  private static final float MOST = 1e3f;

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

  /**
   * One of the same direction whose products with rows of nearly any length are floats: itself if
   * that is so, else itself times a power of two, which changes no digit of a cosine.
   */
  public DenseQuery inRange() {
    float most = 0;
    for (float value : values) {
      most = Math.max(most, Math.abs(value));
    }
    if (most == 0 || (most >= LEAST && most <= MOST)) {
      return this;
    }
    int exponent = Math.getExponent(most);
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = Math.scalb(values[i], -exponent);
    }
    return new DenseQuery(scaled);
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
