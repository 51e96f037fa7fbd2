package io.tidemark.stores.lake;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnDescriptor;
import org.apache.iceberg.shaded.org.apache.parquet.column.ColumnReader;
import org.apache.iceberg.shaded.org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.iceberg.shaded.org.apache.parquet.column.page.PageReadStore;
import org.apache.iceberg.shaded.org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A column of sparse vectors in a Parquet file: the leaves of its two lists. They are read value by
 * value, row after row from both.
 *
 * @param indices whole numbers
 * @param values floats
 */
record SparseLeaves(ColumnDescriptor indices, ColumnDescriptor values) {
  /**
   * @param leaves of the column
   * @return empty if they are others than those of a sparse vector
   */
  static Optional<SparseLeaves> of(List<ColumnDescriptor> leaves) {
    Optional<ColumnDescriptor> indices = leaf(leaves, LakeSchemas.SPARSE_INDICES);
    Optional<ColumnDescriptor> values = leaf(leaves, LakeSchemas.SPARSE_VALUES);
    return indices.isPresent() && values.isPresent()
        ? Optional.of(new SparseLeaves(indices.get(), values.get()))
        : Optional.empty();
  }

  private static Optional<ColumnDescriptor> leaf(List<ColumnDescriptor> leaves, String list) {
    return leaves.stream()
        .filter(leaf -> leaf.getMaxRepetitionLevel() == 1 && leaf.getPath()[1].equals(list))
        .findFirst();
  }

  /** Both. */
  List<ColumnDescriptor> all() {
    return List.of(indices, values);
  }

  /** Reads the rows of a row group. */
  void read(ColumnReadStoreImpl store, PageReadStore pages, PackedBuffer vectors) {
    Cursor indexCursor = new Cursor(indices, store, pages);
    Cursor valueCursor = new Cursor(values, store, pages);
    SparseElements elements = new SparseElements();
    for (long row = 0; row < pages.getRowCount(); row++) {
      // No struct, and not just an empty list in one, is a level of 0.
      boolean isNull = indexCursor.level() == 0 && valueCursor.level() == 0;
      if (!indexCursor.hasList() || !valueCursor.hasList()) {
        elements.addNoList();
      }
      indexCursor.readRow(elements::addIndex);
      valueCursor.readRow(elements::addValue);
      if (isNull) {
        elements.clear();
        vectors.add(null);
      } else {
        elements.endRow(vectors);
      }
    }
  }

  /** Reads lists of one leaf. */
  private static final class Cursor {
    private final ColumnDescriptor leaf;
    private final ColumnReader reader;
    private final boolean mayHoldNulls;
    private long left;

    Cursor(ColumnDescriptor leaf, ColumnReadStoreImpl store, PageReadStore pages) {
      this.leaf = leaf;
      this.reader = store.getColumnReader(leaf);
      this.mayHoldNulls = leaf.getPrimitiveType().isRepetition(Type.Repetition.OPTIONAL);
      this.left = pages.getPageReader(leaf).getTotalValueCount();
    }

    int level() {
      return reader.getCurrentDefinitionLevel();
    }

    /** Whether the row that comes next has a list: an element is one level above an empty one. */
    boolean hasList() {
      return level() >= leaf.getMaxDefinitionLevel() - (mayHoldNulls ? 2 : 1);
    }

    void readRow(Consumer<@Nullable Object> use) {
      int defined = leaf.getMaxDefinitionLevel();
      do {
        int level = level();
        if (level == defined) {
          use.accept(ParquetColumns.value(leaf, reader));
        } else if (mayHoldNulls && level == defined - 1) {
          use.accept(null);
        }
        reader.consume();
        left--;
      } while (left > 0 && reader.getCurrentRepetitionLevel() != 0);
    }
  }
}
