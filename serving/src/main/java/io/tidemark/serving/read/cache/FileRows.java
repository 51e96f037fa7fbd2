package io.tidemark.serving.read.cache;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one data file in file order, deleted ones included. Immutable by convention, safe for
 * concurrent reads; may be a view of a mapped file, which stays mapped as long as somebody holds
 * its columns.
 */
public final class FileRows {
  private final EntityBatch batch;
  private final LongColumn timestamps;
  private final BitSet rejected;
  private final @Nullable Column partitions;

  /**
   * @param batch columns by field id
   * @param timestamps per row, hybrid
   * @param rejected rows that no read may show
   * @param partitions VARCHAR, per row, only if they differ
   */
  public FileRows(
      EntityBatch batch, LongColumn timestamps, BitSet rejected, @Nullable Column partitions) {
    this.batch = batch;
    this.timestamps = timestamps;
    this.rejected = rejected;
    this.partitions = partitions;
  }

  public int size() {
    return batch.size();
  }

  public EntityBatch batch() {
    return batch;
  }

  public LongColumn timestamps() {
    return timestamps;
  }

  /** Not to be written to. */
  public BitSet rejected() {
    return rejected;
  }

  public @Nullable Column partitions() {
    return partitions;
  }
}
