package io.tidemark.engine.vector;

import io.tidemark.model.schema.DataType;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Vectors with a number at every place, row-major in one array, which differ in how a number is
 * kept. A row without a vector has zeros.
 */
public abstract sealed class DenseVectors extends Vectors
    permits FloatVectors, HalfVectors, ByteVectors {
  private volatile float @Nullable [] inverseNorms;

  /**
   * @param elements of the array
   * @throws IllegalArgumentException if they are no whole number of rows
   */
  DenseVectors(DataType type, int elements, int dimension, @Nullable BitSet present) {
    super(type, Parts.rows(type, elements, dimension, dimension), dimension, present);
  }

  /**
   * The same vectors as floats, for builds and training; searches score by {@link #scorer}, which
   * reads less memory.
   *
   * @return itself, or a copy where numbers are kept otherwise
   * @throws IllegalArgumentException if the floats do not fit one array
   */
  public abstract FloatVectors widened();

  /**
   * A row's vector as floats, for builds and training, which need not have them all at once.
   *
   * @param target from {@code at} on has room for the dimension
   */
  public abstract void copy(int row, float[] target, int at);

  @Override
  public final DenseQuery query(int row) {
    float[] floats = new float[dimension()];
    copy(row, floats, 0);
    return new DenseQuery(floats);
  }

  /** 1 / |row|, 0 for a row of zeros. */
  abstract float inverseNorm(int row);

  /** Of every row; computed at the first call, then kept. */
  final float[] inverseNorms() {
    float[] norms = inverseNorms;
    if (norms == null) {
      norms = new float[size()];
      for (int row = 0; row < norms.length; row++) {
        norms[row] = inverseNorm(row);
      }
      inverseNorms = norms;
    }
    return norms;
  }

  @Override
  public final long bytes() {
    float[] norms = inverseNorms;
    return (long) size() * type().vectorBytes(dimension())
        + (norms == null ? 0 : (long) Float.BYTES * norms.length);
  }

  /**
   * The floats of a query for these rows.
   *
   * @throws IllegalArgumentException if it is of another kind or dimension
   */
  final float[] floats(QueryVector query) {
    checkDimension(query);
    return DenseQuery.of(query).values();
  }
}
