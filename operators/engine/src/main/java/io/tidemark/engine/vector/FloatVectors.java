package io.tidemark.engine.vector;

import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of one dimension in one array, row-major: row {@code r} is {@code data[r × dimension ..
 * (r + 1) × dimension)}. The array is not copied and must not be written to any more. A row may
 * have no vector; its place then holds zeros, and no search may find it. Safe for concurrent use.
 */
public final class FloatVectors extends DenseVectors {
  private final float[] data;

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
    super(DataType.FLOAT_VECTOR, data.length, dimension, present);
    this.data = data;
  }

  /** Copies a column to the heap. */
  public static FloatVectors of(FloatVectorColumn column) {
    Parts.checkLength((long) column.size() * column.dimension());
    return new FloatVectors(column.toArray(), column.dimension(), Parts.present(column));
  }

  FloatVectors joined(List<FloatVectors> parts) {
    return new FloatVectors(
        Parts.join(parts.stream().map(part -> part.data).toList(), float[]::new),
        dimension(),
        Parts.present(parts));
  }

  @Override
  public FloatVectors gather(int[] rows) {
    return new FloatVectors(
        Parts.gather(data, rows, dimension(), float[]::new),
        dimension(),
        Parts.present(this, rows));
  }

  @Override
  public FloatVectors widened() {
    return this;
  }

  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    return new FloatScorer(metric, floats(query), this);
  }

  @Override
  public void copy(int row, float[] target, int at) {
    System.arraycopy(data, row * dimension(), target, at, dimension());
  }

  @Override
  public FloatVectorColumn column() {
    return FloatVectorColumn.of(data, dimension(), Parts.validity(this));
  }

  /** All rows, row-major; not to be written to. */
  public float[] data() {
    return data;
  }

  /** A copy of one row. */
  public float[] vector(int row) {
    return Arrays.copyOfRange(data, row * dimension(), (row + 1) * dimension());
  }

  @Override
  float inverseNorm(int row) {
    return Scores.inverseNorm(data, row * dimension(), dimension());
  }
}
