package io.tidemark.engine.vector;

import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of one dimension in one array, row-major: row {@code r} is {@code data[r × dimension ..
 * (r + 1) × dimension)}. The array is not copied and must not be written to any more. A row may
 * have no vector; its place then holds zeros, and no search may find it. Safe for concurrent use.
 */
public final class FloatVectors implements DenseVectors {
  private final float[] data;
  private final int dimension;
  private final int size;
  private final @Nullable BitSet present;
  private volatile float @Nullable [] inverseNorms;

  /**
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public FloatVectors(float[] data, int dimension) {
    this(data, dimension, null);
  }

  /**
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if {@code data} is no whole number of rows
   */
  public FloatVectors(float[] data, int dimension, @Nullable BitSet present) {
    if (dimension < 1 || data.length % dimension != 0) {
      throw new IllegalArgumentException(
          data.length + " floats are no whole rows of dimension " + dimension);
    }
    this.data = data;
    this.dimension = dimension;
    this.size = data.length / dimension;
    this.present = present;
  }

  /** Copies a column to the heap. */
  public static FloatVectors of(FloatVectorColumn column) {
    Parts.checkLength((long) column.size() * column.dimension());
    return new FloatVectors(column.toArray(), column.dimension(), Parts.present(column));
  }

  /** Rows of which none has a vector. */
  public static FloatVectors absent(int rows, int dimension) {
    Parts.checkLength((long) rows * dimension);
    return new FloatVectors(new float[rows * dimension], dimension, new BitSet());
  }

  /**
   * The rows of all parts, one after another.
   *
   * @throws IllegalArgumentException if there is no part, or dimensions differ, or the rows do not
   *     fit one array
   */
  public static FloatVectors concat(List<FloatVectors> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("no vectors to concatenate, so no dimension");
    }
    FloatVectors first = parts.getFirst();
    if (parts.size() == 1) {
      return first;
    }
    long total = 0;
    for (FloatVectors part : parts) {
      if (part.dimension != first.dimension) {
        throw new IllegalArgumentException(
            "vectors of dimension " + part.dimension + " after " + first.dimension);
      }
      total += part.data.length;
    }
    Parts.checkLength(total);
    float[] joined = new float[(int) total];
    int offset = 0;
    for (FloatVectors part : parts) {
      System.arraycopy(part.data, 0, joined, offset, part.data.length);
      offset += part.data.length;
    }
    return new FloatVectors(joined, first.dimension, Parts.present(parts));
  }

  @Override
  public FloatVectors gather(int[] rows) {
    float[] values = new float[Math.multiplyExact(rows.length, dimension)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data, rows[i] * dimension, values, i * dimension, dimension);
    }
    return new FloatVectors(values, dimension, Parts.present(this, rows));
  }

  @Override
  public DataType type() {
    return DataType.FLOAT_VECTOR;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public @Nullable BitSet present() {
    return present;
  }

  @Override
  public FloatVectors widened() {
    return this;
  }

  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    return new FloatScorer(metric, floats(query, this), this);
  }

  /**
   * The floats of a query for some rows.
   *
   * @throws IllegalArgumentException if it is of another kind or dimension
   */
  static float[] floats(QueryVector query, DenseVectors vectors) {
    if (query.dimension() != vectors.dimension()) {
      throw new IllegalArgumentException(
          "query of dimension " + query.dimension() + ", the vectors have " + vectors.dimension());
    }
    return switch (query) {
      case DenseQuery dense -> dense.values();
    };
  }

  @Override
  public DenseQuery query(int row) {
    return new DenseQuery(vector(row));
  }

  @Override
  public FloatVectorColumn column() {
    return FloatVectorColumn.of(data, dimension, Parts.validity(this));
  }

  /** All rows, row-major; not to be written to. */
  public float[] data() {
    return data;
  }

  /** A copy of one row. */
  public float[] vector(int row) {
    float[] copy = new float[dimension];
    System.arraycopy(data, row * dimension, copy, 0, dimension);
    return copy;
  }

  @Override
  public long bytes() {
    float[] norms = inverseNorms;
    return 4L * data.length + (norms == null ? 0 : 4L * norms.length);
  }

  /** 1 / |row| per row, 0 for a row of zeros; computed at the first call, then kept. */
  float[] inverseNorms() {
    float[] norms = inverseNorms;
    if (norms == null) {
      norms = new float[size];
      for (int row = 0; row < size; row++) {
        norms[row] = Scores.inverseNorm(data, row * dimension, dimension);
      }
      inverseNorms = norms;
    }
    return norms;
  }
}
