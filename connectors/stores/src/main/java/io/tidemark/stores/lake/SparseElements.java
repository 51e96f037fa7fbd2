package io.tidemark.stores.lake;

import io.tidemark.model.column.SparseRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The elements of one sparse vector while a file is read, as its two lists have them. Used again
 * for the next one.
 */
final class SparseElements {
  private int[] indices = new int[64];
  private float[] values = new float[64];
  private int indexCount;
  private int valueCount;
  private boolean faulty;

  /** Null, or no unsigned number of 32 bits, in a list of another engine makes no vector. */
  void addIndex(@Nullable Object index) {
    long number = index instanceof Number given ? given.longValue() : -1;
    faulty |= number < 0 || number >= SparseRow.INDEX_END;
    if (indexCount == indices.length) {
      indices = Arrays.copyOf(indices, 2 * indexCount);
    }
    indices[indexCount++] = (int) number;
  }

  void addValue(@Nullable Object value) {
    faulty |= value == null;
    if (valueCount == values.length) {
      values = Arrays.copyOf(values, 2 * valueCount);
    }
    values[valueCount++] = value instanceof Number given ? given.floatValue() : 0;
  }

  /** A list that is not there makes no vector; that of a vector without elements is empty. */
  void addNoList() {
    faulty = true;
  }

  /** Adds the vector, or rejects it if lists do not fit each other. */
  void endRow(PackedBuffer vectors) {
    if (faulty || indexCount != valueCount) {
      vectors.reject();
    } else {
      vectors.add(
          SparseRow.of(Arrays.copyOf(indices, indexCount), Arrays.copyOf(values, valueCount)));
    }
    clear();
  }

  void clear() {
    indexCount = 0;
    valueCount = 0;
    faulty = false;
  }
}
