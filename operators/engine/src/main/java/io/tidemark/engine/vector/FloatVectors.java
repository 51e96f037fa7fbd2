package io.tidemark.engine.vector;

import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.Validity;
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
  /** An array cannot be longer, on any JVM we know. */
  private static final long FLOATS_MAX = Integer.MAX_VALUE - 8L;

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
    checkLength((long) column.size() * column.dimension());
    return new FloatVectors(column.toArray(), column.dimension(), present(column));
  }

  private static @Nullable BitSet present(FloatVectorColumn column) {
    if (column.validity() == null) {
      return null;
    }
    BitSet present = new BitSet(column.size());
    for (int row = 0; row < column.size(); row++) {
      present.set(row, !column.isNull(row));
    }
    return present;
  }

  /** Rows of which none has a vector. */
  public static FloatVectors absent(int rows, int dimension) {
    checkLength((long) rows * dimension);
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
    checkLength(total);
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
    BitSet kept = present == null ? null : new BitSet(rows.length);
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data, rows[i] * dimension, values, i * dimension, dimension);
      if (kept != null) {
        kept.set(i, has(rows[i]));
      }
    }
    return new FloatVectors(values, dimension, kept);
  }

  private static void checkLength(long floats) {
    if (floats > FLOATS_MAX) {
      throw new IllegalArgumentException(
          floats + " floats do not fit one segment, the limit is " + FLOATS_MAX);
    }
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
    BitSet nulls = new BitSet();
    if (present != null) {
      nulls.set(0, size);
      nulls.andNot(present);
    }
    return FloatVectorColumn.of(data, dimension, Validity.without(nulls, size));
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
