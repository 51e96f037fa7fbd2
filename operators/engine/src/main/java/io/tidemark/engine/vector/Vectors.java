package io.tidemark.engine.vector;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.PackedVectorColumn;
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
public sealed interface Vectors permits DenseVectors {
  DataType type();

  /** Rows. */
  int size();

  /** Elements of each vector. */
  int dimension();

  /** Bytes on the heap. */
  long bytes();

  /** Rows that have a vector, or null if all do; not to be written to. */
  @Nullable BitSet present();

  /**
   * Scores rows against one query.
   *
   * @throws IllegalArgumentException if the query is of another kind or dimension, or the type
   *     knows no such metric
   */
  RowScorer scorer(Metric metric, QueryVector query);

  /** A copy of a row's vector, to search by. */
  QueryVector query(int row);

  /** A copy of the given rows, in that order. */
  Vectors gather(int[] rows);

  /** All rows as a column; nobody may write to either any more. */
  Column column();

  /** Whether the row has a vector. */
  default boolean has(int row) {
    BitSet present = present();
    return present == null || present.get(row);
  }

  /**
   * The rows among {@code accepted} that have a vector.
   *
   * @param accepted null for all; never written to
   * @return null for all rows
   */
  default @Nullable BitSet among(@Nullable BitSet accepted) {
    BitSet present = present();
    if (accepted == null || present == null) {
      return accepted == null ? present : accepted;
    }
    BitSet both = (BitSet) accepted.clone();
    both.and(present);
    return both;
  }

  /**
   * Copies a column to the heap.
   *
   * @throws IllegalArgumentException if it holds no vectors
   */
  static Vectors of(Column column) {
    if (!(column instanceof VectorColumn vectors)) {
      throw new IllegalArgumentException("a column of " + column.type() + " holds no vectors");
    }
    return switch (vectors) {
      case FloatVectorColumn floats -> FloatVectors.of(floats);
      case PackedVectorColumn packed ->
          packed.type().isHalfVector() ? HalfVectors.of(packed) : ByteVectors.of(packed);
    };
  }

  /** Rows of which none has a vector. */
  static Vectors absent(FieldSchema field, int rows) {
    int dimension = field.dimension();
    return switch (field.type()) {
      case FLOAT_VECTOR -> FloatVectors.absent(rows, dimension);
      case FLOAT16_VECTOR, BFLOAT16_VECTOR ->
          new HalfVectors(
              field.type(), new short[Parts.length(rows, dimension)], dimension, new BitSet());
      case INT8_VECTOR ->
          new ByteVectors(new byte[Parts.length(rows, dimension)], dimension, new BitSet());
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
  static Vectors concat(List<? extends Vectors> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("no vectors to concatenate, so no dimension");
    }
    Parts.checkAlike(parts);
    return switch (parts.getFirst()) {
      case FloatVectors first -> FloatVectors.concat(Parts.allOf(FloatVectors.class, parts));
      case HalfVectors first -> HalfVectors.concat(first, Parts.allOf(HalfVectors.class, parts));
      case ByteVectors first -> ByteVectors.concat(first, Parts.allOf(ByteVectors.class, parts));
    };
  }
}
