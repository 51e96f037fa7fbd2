package io.tidemark.stores.lake;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one data file in file order, deleted ones included: row {@code i} has position {@code
 * i}. Arrays are shared, not to be written to.
 */
public final class LakeRows {
  private final EntityBatch batch;
  private final long[] timestamps;
  private final int[] rejected;
  private final @Nullable Column partitions;

  LakeRows(EntityBatch batch, long[] timestamps, int[] rejected, @Nullable Column partitions) {
    this.batch = batch;
    this.timestamps = timestamps;
    this.rejected = rejected;
    this.partitions = partitions;
  }

  /** Columns by the collection's field ids. */
  public EntityBatch batch() {
    return batch;
  }

  /** Per row, hybrid. */
  public long[] timestamps() {
    return timestamps;
  }

  /**
   * Rows that no search or query may show, ascending: the key is null, or a vector is missing
   * though its field may not be null, has the wrong dimension, a NaN or an infinity. They keep
   * their place; their vectors are zeros or as read.
   */
  public int[] rejected() {
    return rejected;
  }

  /**
   * VARCHAR, one name per row, only if the file's rows are not all of {@link LakeFile#partition()}:
   * another engine has merged files of several.
   */
  public @Nullable Column partitions() {
    return partitions;
  }
}
