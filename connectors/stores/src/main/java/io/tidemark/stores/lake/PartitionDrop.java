package io.tidemark.stores.lake;

import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.StrictMetricsEvaluator;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * Removes a shard's rows of dropped partitions. Files that hold nothing else go as a whole; where
 * another engine has merged files of several partitions, an equality delete on the partition and
 * the shard does it.
 *
 * @param filter the rows to go
 * @param partitionDeletes written only if some file holds other rows too
 */
record PartitionDrop(Expression filter, Optional<DeleteFile> partitionDeletes) {
  private static final PartitionDrop NONE =
      new PartitionDrop(Expressions.alwaysFalse(), Optional.empty());

  static PartitionDrop plan(Table table, int shard, List<String> partitions) {
    if (partitions.isEmpty()) {
      return NONE;
    }
    Expression filter =
        Expressions.and(
            Expressions.in(CollectionSchema.PARTITION_COLUMN, partitions.toArray()),
            Expressions.or(
                Expressions.equal(CollectionSchema.SHARD_COLUMN, shard),
                Expressions.isNull(CollectionSchema.SHARD_COLUMN)));
    boolean whole = true;
    StrictMetricsEvaluator strict = new StrictMetricsEvaluator(table.schema(), filter);
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .filter(filter)
            .includeColumnStats(
                List.of(CollectionSchema.PARTITION_COLUMN, CollectionSchema.SHARD_COLUMN))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        whole &= strict.eval(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list the files of " + table.name(), e);
    }
    return new PartitionDrop(
        filter, whole ? Optional.empty() : Optional.of(write(table, shard, partitions)));
  }

  boolean isEmpty() {
    return filter.op() == Expression.Operation.FALSE;
  }

  /** Adds what it takes to a transaction. */
  void addTo(Table table, Transaction transaction) {
    if (partitionDeletes.isPresent()) {
      RowDelta delta = transaction.newRowDelta().addDeletes(partitionDeletes.get());
      ManifestScan.by(table, delta).commit();
    } else {
      ManifestScan.by(table, transaction.newDelete().deleteFromRowFilter(filter)).commit();
    }
  }

  private static DeleteFile write(Table table, int shard, List<String> partitions) {
    Schema keys =
        table.schema().select(CollectionSchema.PARTITION_COLUMN, CollectionSchema.SHARD_COLUMN);
    List<@Nullable Integer> shards = new ArrayList<>();
    shards.add(shard);
    shards.add(null);
    List<Record> rows = new ArrayList<>();
    for (String partition : partitions) {
      for (Integer rowShard : shards) {
        GenericRecord row = GenericRecord.create(keys);
        row.setField(CollectionSchema.PARTITION_COLUMN, partition);
        row.setField(CollectionSchema.SHARD_COLUMN, rowShard);
        rows.add(row);
      }
    }
    return RecordFiles.writeEqualityDeletes(table, keys, rows);
  }
}
