package io.tidemark.engine.vector;

import io.tidemark.model.column.SparseRow;
import io.tidemark.model.column.SparseVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sparse vectors: the elements of row r are {@code indices[starts[r] .. starts[r + 1])}, unsigned
 * and ascending, and the values at the same places. Arrays are not copied and must not be written
 * to any more. A row without a vector has no elements.
 */
public final class SparseVectors extends Vectors {
  private final int[] starts;
  private final int[] indices;
  private final float[] values;

  /**
   * @param starts of the rows, ascending from 0, and behind the last the count of elements
   * @param present rows that have a vector, or null if all do; kept, not copied
   * @throws IllegalArgumentException if the arrays do not fit each other
   */
  public SparseVectors(int[] starts, int[] indices, float[] values, @Nullable BitSet present) {
    super(DataType.SPARSE_FLOAT_VECTOR, starts.length - 1, 0, present);
    if (starts[starts.length - 1] != indices.length || indices.length != values.length) {
      throw new IllegalArgumentException(
          "rows end at %d of %d indices with %d values"
              .formatted(starts[starts.length - 1], indices.length, values.length));
    }
    this.starts = starts;
    this.indices = indices;
    this.values = values;
  }

  /** Copies a column to the heap. */
  public static SparseVectors of(SparseVectorColumn column) {
    int rows = column.size();
    int[] starts = new int[rows + 1];
    for (int row = 0; row < rows; row++) {
      starts[row + 1] = starts[row] + column.count(row);
    }
    int[] indices = new int[starts[rows]];
    float[] values = new float[starts[rows]];
    for (int row = 0; row < rows; row++) {
      ByteBuffer pairs = column.slice(row);
      int start = starts[row];
      for (int i = start; i < starts[row + 1]; i++) {
        indices[i] = SparseRow.index(pairs, i - start);
        values[i] = SparseRow.value(pairs, i - start);
      }
    }
    return new SparseVectors(starts, indices, values, Parts.present(column));
  }

  SparseVectors joined(List<SparseVectors> parts) {
    int[] joined = new int[parts.stream().mapToInt(Vectors::size).sum() + 1];
    int row = 0;
    long elements = 0;
    for (SparseVectors part : parts) {
      Parts.checkLength(elements + part.indices.length);
      for (int i = 0; i < part.size(); i++) {
        joined[row++] = (int) elements + part.starts[i];
      }
      elements += part.indices.length;
    }
    joined[row] = (int) elements;
    return new SparseVectors(
        joined,
        Parts.join(parts.stream().map(part -> part.indices).toList(), int[]::new),
        Parts.join(parts.stream().map(part -> part.values).toList(), float[]::new),
        Parts.present(parts));
  }

  /** Elements of a row. */
  public int count(int row) {
    return starts[row + 1] - starts[row];
  }

  /** Of the rows, and behind the last the count of all elements; not to be written to. */
  public int[] starts() {
    return starts;
  }

  /** Of all rows; not to be written to. */
  public int[] indices() {
    return indices;
  }

  /** Of all rows; not to be written to. */
  public float[] values() {
    return values;
  }

  @Override
  public long bytes() {
    return (long) Integer.BYTES * starts.length + (long) SparseRow.PAIR_BYTES * indices.length;
  }

  @Override
  public RowScorer scorer(Metric metric, QueryVector query) {
    if (metric != Metric.IP) {
      throw metric.unknownTo(type().name());
    }
    return new SparseScorer(SparseQuery.of(query), this);
  }

  @Override
  public SparseQuery query(int row) {
    return new SparseQuery(
        Arrays.copyOfRange(indices, starts[row], starts[row + 1]),
        Arrays.copyOfRange(values, starts[row], starts[row + 1]));
  }

  @Override
  public SparseVectors gather(int[] rows) {
    int[] gathered = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      gathered[i + 1] = Math.addExact(gathered[i], count(rows[i]));
    }
    int[] someIndices = new int[gathered[rows.length]];
    float[] someValues = new float[gathered[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(indices, starts[rows[i]], someIndices, gathered[i], count(rows[i]));
      System.arraycopy(values, starts[rows[i]], someValues, gathered[i], count(rows[i]));
    }
    return new SparseVectors(gathered, someIndices, someValues, Parts.present(this, rows));
  }

  @Override
  public SparseVectorColumn column() {
    List<byte @Nullable []> rows = new ArrayList<>(size());
    for (int row = 0; row < size(); row++) {
      SparseQuery of = query(row);
      rows.add(has(row) ? SparseRow.of(of.indices(), of.values()) : null);
    }
    return SparseVectorColumn.of(rows);
  }
}
