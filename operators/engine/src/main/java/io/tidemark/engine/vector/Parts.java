package io.tidemark.engine.vector;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.Validity;
import io.tidemark.model.schema.DataType;
import java.lang.reflect.Array;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What vectors of any type have in common when they are joined, gathered, read and written. */
final class Parts {
  /** An array cannot be longer, on any JVM we know. */
  private static final long LENGTH_MAX = Integer.MAX_VALUE - 8L;

  private Parts() {}

  /**
   * @throws IllegalArgumentException if types or dimensions differ
   */
  static void checkAlike(List<? extends Vectors> parts) {
    Vectors first = parts.getFirst();
    for (Vectors part : parts) {
      if (part.type() != first.type() || part.dimension() != first.dimension()) {
        throw new IllegalArgumentException(
            part.type()
                + " of dimension "
                + part.dimension()
                + " after "
                + first.type()
                + " of dimension "
                + first.dimension());
      }
    }
  }

  static <T extends Vectors> List<T> allOf(Class<T> type, List<? extends Vectors> parts) {
    return parts.stream().map(type::cast).toList();
  }

  /**
   * @throws IllegalArgumentException if an array cannot be so long
   */
  static void checkLength(long elements) {
    if (elements > LENGTH_MAX) {
      throw new IllegalArgumentException(
          elements + " elements do not fit one segment, the limit is " + LENGTH_MAX);
    }
  }

  /**
   * Rows of an array.
   *
   * @param width elements of the array that a row has
   * @throws IllegalArgumentException if they are no whole number
   */
  static int rows(DataType type, int elements, int width, int dimension) {
    if (dimension < 1 || elements % width != 0) {
      throw new IllegalArgumentException(
          elements + " elements are no whole rows of " + type + " of dimension " + dimension);
    }
    return elements / width;
  }

  /**
   * Arrays one after another.
   *
   * @param make an array of a length
   * @throws IllegalArgumentException if they do not fit one array
   */
  static <A> A join(List<A> arrays, IntFunction<A> make) {
    long total = arrays.stream().mapToLong(Array::getLength).sum();
    checkLength(total);
    A joined = make.apply((int) total);
    int offset = 0;
    for (A array : arrays) {
      int length = Array.getLength(array);
      System.arraycopy(array, 0, joined, offset, length);
      offset += length;
    }
    return joined;
  }

  /** Rows of an array, each of {@code width} elements. */
  static <A> A gather(A data, int[] rows, int width, IntFunction<A> make) {
    A gathered = make.apply(Math.multiplyExact(rows.length, width));
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(data, rows[i] * width, gathered, i * width, width);
    }
    return gathered;
  }

  static int length(int rows, int dimension) {
    checkLength((long) rows * dimension);
    return rows * dimension;
  }

  /** Which rows of all parts together have a vector; null for all. */
  static @Nullable BitSet present(List<? extends Vectors> parts) {
    if (parts.stream().allMatch(part -> part.present() == null)) {
      return null;
    }
    BitSet present = new BitSet();
    int start = 0;
    for (Vectors part : parts) {
      BitSet ofPart = part.present();
      if (ofPart == null) {
        present.set(start, start + part.size());
      } else {
        int from = start;
        ofPart.stream().forEach(row -> present.set(from + row));
      }
      start += part.size();
    }
    return present;
  }

  /** Which rows of a column have a vector; null for all. */
  static @Nullable BitSet present(Column column) {
    if (column.validity() == null) {
      return null;
    }
    BitSet present = new BitSet(column.size());
    for (int row = 0; row < column.size(); row++) {
      present.set(row, !column.isNull(row));
    }
    return present;
  }

  /** Which of the given rows have a vector, by their place; null for all. */
  static @Nullable BitSet present(Vectors vectors, int[] rows) {
    if (vectors.present() == null) {
      return null;
    }
    BitSet present = new BitSet(rows.length);
    for (int i = 0; i < rows.length; i++) {
      present.set(i, vectors.has(rows[i]));
    }
    return present;
  }

  /** The same for a column. */
  static @Nullable Validity validity(Vectors vectors) {
    BitSet present = vectors.present();
    BitSet nulls = new BitSet();
    if (present != null) {
      nulls.set(0, vectors.size());
      nulls.andNot(present);
    }
    return Validity.without(nulls, vectors.size());
  }
}
