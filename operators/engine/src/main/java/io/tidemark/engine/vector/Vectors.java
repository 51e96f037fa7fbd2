package io.tidemark.engine.vector;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.FloatVectorColumn;
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
    if (column instanceof FloatVectorColumn floats) {
      return FloatVectors.of(floats);
    }
    throw new IllegalArgumentException("a column of " + column.type() + " holds no vectors");
  }

  /** Rows of which none has a vector. */
  static Vectors absent(FieldSchema field, int rows) {
    return FloatVectors.absent(rows, field.dimension());
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
    return switch (parts.getFirst()) {
      case FloatVectors first -> FloatVectors.concat(Parts.allOf(FloatVectors.class, parts));
    };
  }
}
