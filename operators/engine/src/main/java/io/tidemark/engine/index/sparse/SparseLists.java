package io.tidemark.engine.index.sparse;

import io.tidemark.engine.vector.SparseVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The lists of a segment's rows, window after window: the first window has the rows from 0 on.
 * Immutable.
 *
 * @param windows as many as the segment's rows need
 * @param size rows that are in them
 * @param algorithm as the index was asked for
 */
record SparseLists(List<ListWindow> windows, int size, Algorithm algorithm) {
  SparseLists {
    windows = List.copyOf(windows);
  }

  /** Windows of so many rows. */
  static int windows(int rows) {
    return (rows + ListWindow.ROWS - 1) / ListWindow.ROWS;
  }

  /**
   * @param include rows that have a vector and are to be found
   * @throws InterruptedException if the calling thread is interrupted
   */
  static SparseLists build(
      SparseVectors vectors, BitSet include, Algorithm algorithm, IntConsumer progress)
      throws InterruptedException {
    List<ListWindow> windows = new ArrayList<>();
    int done = 0;
    for (int window = 0; window < windows(vectors.size()); window++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while lists are built");
      }
      int first = window * ListWindow.ROWS;
      int end = Math.min(vectors.size(), first + ListWindow.ROWS);
      windows.add(window(vectors, include, first, end));
      done += include.get(first, end).cardinality();
      progress.accept(done);
    }
    return new SparseLists(windows, done, algorithm);
  }

  private static ListWindow window(SparseVectors vectors, BitSet include, int first, int end) {
    long[] elements = elements(vectors, include, first, end);
    int[] indices = new int[elements.length];
    int[] offsets = new int[elements.length + 1];
    int lists = 0;
    for (int i = 0; i < elements.length; i++) {
      int index = (int) (elements[i] >> Integer.SIZE);
      if (lists == 0 || indices[lists - 1] != index) {
        offsets[lists] = i;
        indices[lists++] = index;
      }
    }
    offsets[lists] = elements.length;
    float[] scales = new float[lists];
    short[] places = new short[elements.length];
    byte[] codes = new byte[elements.length];
    float[] values = vectors.values();
    int begin = vectors.starts()[first];
    int[] rowOf = rowOf(vectors, first, end);
    for (int list = 0; list < lists; list++) {
      float largest = 0;
      for (int i = offsets[list]; i < offsets[list + 1]; i++) {
        largest = Math.max(largest, values[begin + (int) elements[i]]);
      }
      scales[list] = ListWindow.scale(largest);
      for (int i = offsets[list]; i < offsets[list + 1]; i++) {
        int element = (int) elements[i];
        places[i] = (short) rowOf[element];
        codes[i] = (byte) ListWindow.code(values[begin + element], scales[list]);
      }
    }
    return new ListWindow(
        Arrays.copyOf(indices, lists), Arrays.copyOf(offsets, lists + 1), scales, places, codes);
  }

  /**
   * The elements of the window's included rows that are not 0, by index and row: the index,
   * flipped, above, and below the place among the window's elements.
   */
  private static long[] elements(SparseVectors vectors, BitSet include, int first, int end) {
    int[] starts = vectors.starts();
    int begin = starts[first];
    long[] elements = new long[starts[end] - begin];
    int count = 0;
    for (int row = include.nextSetBit(first);
        row >= 0 && row < end;
        row = include.nextSetBit(row + 1)) {
      for (int i = starts[row]; i < starts[row + 1]; i++) {
        if (vectors.values()[i] > 0) {
          elements[count++] =
              ((long) ListWindow.flipped(vectors.indices()[i]) << Integer.SIZE) | (i - begin);
        }
      }
    }
    long[] some = Arrays.copyOf(elements, count);
    Arrays.sort(some);
    return some;
  }

  /** Of each of the window's elements the row's place in the window. */
  private static int[] rowOf(SparseVectors vectors, int first, int end) {
    int[] starts = vectors.starts();
    int[] rowOf = new int[starts[end] - starts[first]];
    for (int row = first; row < end; row++) {
      Arrays.fill(rowOf, starts[row] - starts[first], starts[row + 1] - starts[first], row - first);
    }
    return rowOf;
  }

  long bytes() {
    return windows.stream().mapToLong(ListWindow::bytes).sum();
  }
}
