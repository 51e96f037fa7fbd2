package io.tidemark.connectors.source;

import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/** A split being read: its files, then its log. Not thread-safe. */
final class SplitWork implements AutoCloseable {
  private final OpenCollection open;
  private final ScanSpec spec;
  private final RowMaker maker;
  private final Runnable arrived;

  private ScanSplit split;
  private @Nullable TailRows tail;
  private @Nullable FileRows files;
  private @Nullable LogFeed feed;
  private long given;
  private boolean finished;

  SplitWork(OpenCollection open, ScanSpec spec, ScanSplit split, Runnable arrived) {
    this.open = open;
    this.spec = spec;
    this.maker = new RowMaker(spec.columns());
    this.split = split;
    this.arrived = arrived;
  }

  boolean isFinished() {
    return finished;
  }

  /** What there is at the moment; null if nothing. */
  @Nullable RowBatch poll() throws IOException {
    if (finished) {
      return null;
    }
    RowBatch batch = split.file() < split.files().size() ? ofFiles() : ofLog();
    if (batch != null) {
      split = batch.next();
      given += batch.rows().size();
    }
    if (spec.limit() >= 0 && given >= spec.limit()) {
      finished = true;
    }
    return batch;
  }

  private TailRows tail() throws IOException {
    if (tail == null) {
      try {
        tail = split.hasTail() ? TailRows.read(open, split) : TailRows.NONE;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while reading the log", e);
      }
    }
    return tail;
  }

  private @Nullable RowBatch ofFiles() throws IOException {
    if (files == null) {
      files = new FileRows(open, spec, maker, split, tail());
    }
    return files.next();
  }

  private @Nullable RowBatch ofLog() throws IOException {
    files = null;
    if (split.changelog()) {
      return change();
    }
    List<RowData> rows = new ArrayList<>();
    if (split.logRows()) {
      tail().rows().stream()
          .filter(row -> row.timestamp() >= split.expireBefore() && matches(row))
          .forEach(row ->
              rows.add(
                  maker
                      .of(row.batch())
                      .row(RowKind.INSERT, row.row(), row.timestamp(), row.partition())));
    }
    finished = true;
    return new RowBatch(rows, split.after(split.logUntil()));
  }

  private boolean matches(TailRows.Row row) {
    RowCondition condition = spec.condition();
    return condition == null || condition.holds(field -> value(row.batch(), field, row.row()));
  }

  private @Nullable Object value(EntityBatch batch, int field, int row) {
    Column column = batch.column(field).orElse(null);
    return column == null
        ? spec.schema().field(field).map(FieldSchema::defaultValue).orElse(null)
        : column.value(row);
  }

  private @Nullable RowBatch change() throws IOException {
    if (feed == null) {
      feed = new LogFeed(split.logAfter(), arrived);
      feed.subscribe(open, split);
    }
    long progress = feed.progress();
    LogRecord.Channel record = feed.poll();
    if (record != null) {
      return new RowBatch(rows(record), split.after(record.timestamp()));
    }
    return progress > split.logAfter() ? new RowBatch(List.of(), split.after(progress)) : null;
  }

  private List<RowData> rows(LogRecord.Channel record) {
    List<RowData> rows = new ArrayList<>();
    switch (record) {
      case LogRecord.Insert insert -> {
        RowMaker.Rows made = maker.of(insert.rows());
        for (int row = 0; row < insert.rows().size(); row++) {
          rows.add(made.row(RowKind.UPDATE_AFTER, row, insert.timestamp(), insert.partition()));
        }
      }
      case LogRecord.Delete delete -> {
        if (!delete.partition().isEmpty()) {
          checkPartition(delete.partition(), "deletes keys in partition");
        }
        FieldSchema key = spec.schema().primaryKey();
        for (int i = 0; i < delete.keys().size(); i++) {
          rows.add(maker.deletion(key, Objects.requireNonNull(delete.keys().value(i))));
        }
      }
      case LogRecord.DropPartition drop -> checkPartition(drop.partition(), "drops partition");
      case LogRecord.Flush flush -> {
        // Changes no row.
      }
      case LogRecord.DropCollection drop ->
          throw new TidemarkException(
              ErrorCode.COLLECTION_NOT_FOUND,
              "collection " + spec.name() + " was dropped while its changes were read");
    }
    return rows;
  }

  /** The log does not say which rows are hit where a key may lie in another partition. */
  private void checkPartition(String partition, String what) {
    open.table().refresh();
    boolean only = partition.equals(Partition.DEFAULT_NAME) && open.info().partitions().size() <= 1;
    if (!only) {
      throw new TidemarkException(
          ErrorCode.UNSUPPORTED,
          "a request on collection "
              + spec.name()
              + " "
              + what
              + " '"
              + partition
              + "', which a changelog cannot tell by its keys: start the read anew, without its"
              + " savepoint, and delete by key or filter without naming a partition");
    }
  }

  @Override
  public void close() {
    if (feed != null) {
      feed.close();
    }
  }
}
