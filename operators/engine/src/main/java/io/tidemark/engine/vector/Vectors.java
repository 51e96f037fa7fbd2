package io.tidemark.engine.vector;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.column.SparseVectorColumn;
import io.tidemark.model.column.VectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of a segment's rows, of one type, on the heap. A row may have no vector; no search
 * may find it then. Safe for concurrent use.
 */
public abstract sealed class Vectors permits DenseVectors, BinaryVectors, SparseVectors {
  private final DataType type;
  private final int size;
  private final int dimension;
  private final @Nullable BitSet present;

  /**
   * @param present rows that have a vector, or null if all do; kept, not copied
   */
  Vectors(DataType type, int size, int dimension, @Nullable BitSet present) {
    this.type = type;
    this.size = size;
    this.dimension = dimension;
    this.present = present;
  }

  public final DataType type() {
    return type;
  }

  /** Rows. */
  public final int size() {
    return size;
  }

  /** Elements of each vector; 0 for sparse ones, of which each has its own. */
  public final int dimension() {
    return dimension;
  }

  /** Bytes on the heap. */
  public abstract long bytes();

  /** Rows that have a vector, or null if all do; not to be written to. */
  public final @Nullable BitSet present() {
    return present;
  }

  /**
   * Scores rows against one query.
   *
   * @throws IllegalArgumentException if the query is of another kind or dimension, or the type
   *     knows no such metric
   */
  public abstract RowScorer scorer(Metric metric, QueryVector query);

  /** A copy of a row's vector, to search by. */
  public abstract QueryVector query(int row);

  /** A copy of the given rows, in that order. */
  public abstract Vectors gather(int[] rows);

  /** All rows as a column; nobody may write to either any more. */
  public abstract Column column();

  /** Whether the row has a vector. */
  public final boolean has(int row) {
    return present == null || present.get(row);
  }

  /**
   * The rows among {@code accepted} that have a vector.
   *
   * @param accepted null for all; never written to
   * @return null for all rows
   */
  public final @Nullable BitSet among(@Nullable BitSet accepted) {
    if (accepted == null || present == null) {
      return accepted == null ? present : accepted;
    }
    BitSet both = (BitSet) accepted.clone();
    both.and(present);
    return both;
  }

  /**
   * @throws IllegalArgumentException unless the query has the vectors' dimension
   */
  final void checkDimension(QueryVector query) {
    if (query.dimension() != dimension) {
      throw new IllegalArgumentException(
          "query of dimension " + query.dimension() + ", the vectors have " + dimension);
    }
  }

  /**
   * Copies a column to the heap.
   *
   * @throws IllegalArgumentException if it holds no vectors
   */
  public static Vectors of(Column column) {
    if (!(column instanceof VectorColumn vectors)) {
      throw new IllegalArgumentException("a column of " + column.type() + " holds no vectors");
    }
    return switch (vectors) {
      case FloatVectorColumn floats -> FloatVectors.of(floats);
      case PackedVectorColumn packed -> of(packed);
      case SparseVectorColumn sparse -> SparseVectors.of(sparse);
    };
  }

  private static Vectors of(PackedVectorColumn column) {
    int dimension = column.dimension();
    Parts.checkLength((long) column.size() * column.rowBytes());
    BitSet present = Parts.present(column);
    return switch (column.type()) {
      case FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          new HalfVectors(column.type(), column.toShorts(), dimension, present);
      case INT8_VECTOR -> new ByteVectors(column.toBytes(), dimension, present);
      case BINARY_VECTOR -> new BinaryVectors(column.toBytes(), dimension, present);
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalArgumentException(column.type() + " in a packed column");
      case FLOAT_VECTOR, SPARSE_FLOAT_VECTOR ->
          throw new IllegalArgumentException(column.type() + " in a packed column");
    };
  }

  /** Rows of which none has a vector. */
  public static Vectors absent(FieldSchema field, int rows) {
    int dimension = field.dimension();
    return switch (field.type()) {
      case FLOAT_VECTOR ->
          new FloatVectors(new float[Parts.length(rows, dimension)], dimension, new BitSet());
      case FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          new HalfVectors(
              field.type(), new short[Parts.length(rows, dimension)], dimension, new BitSet());
      case INT8_VECTOR ->
          new ByteVectors(new byte[Parts.length(rows, dimension)], dimension, new BitSet());
      case BINARY_VECTOR ->
          new BinaryVectors(
              new byte[Parts.length(rows, dimension / Byte.SIZE)], dimension, new BitSet());
      case SPARSE_FLOAT_VECTOR ->
          new SparseVectors(new int[rows + 1], new int[0], new float[0], new BitSet());
      case BOOL, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, VARCHAR, JSON ->
          throw new IllegalArgumentException("field " + field.name() + " holds no vectors");
    };
  }

  /**
   * The rows of all parts, one after another.
   *
   * @throws IllegalArgumentException if there is no part, or types or dimensions differ, or the
   *     rows do not fit one array
   */
  public static Vectors concat(List<? extends Vectors> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("no vectors to concatenate, so no dimension");
    }
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Parts.checkAlike(parts);
    return switch (parts.getFirst()) {
      case FloatVectors first -> first.joined(Parts.allOf(FloatVectors.class, parts));
      case HalfVectors first -> first.joined(Parts.allOf(HalfVectors.class, parts));
      case ByteVectors first -> first.joined(Parts.allOf(ByteVectors.class, parts));
      case BinaryVectors first -> first.joined(Parts.allOf(BinaryVectors.class, parts));
      case SparseVectors first -> first.joined(Parts.allOf(SparseVectors.class, parts));
    };
  }
}
