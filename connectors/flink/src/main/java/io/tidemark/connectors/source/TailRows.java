package io.tidemark.connectors.source;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a bounded part of a shard's log does: the rows that it leaves, and which older rows it
 * hides. All of it is in memory. Not thread-safe.
 */
final class TailRows {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A row of the log, alive at its end. */
  record Row(EntityBatch batch, int row, long timestamp, String partition) {}

  /** Nobody's tail: hides nothing. */
  static final TailRows NONE = new TailRows();

  private final Map<Object, Row> rows = new LinkedHashMap<>();

  /** By key the newest record that replaces or deletes it in every partition. */
  private final Map<Object, Long> hidden = new HashMap<>();

  private final List<LogRecord.Delete> inPartition = new ArrayList<>();
  private final List<LogRecord.DropPartition> dropped = new ArrayList<>();

  private TailRows() {}

  /**
   * Reads the log of a split, which {@linkplain ScanSplit#hasTail has some}.
   *
   * @throws TidemarkException SERVICE_NOT_READY if it was trimmed, or not read in time
   */
  static TailRows read(OpenCollection open, ScanSplit split) throws InterruptedException {
    List<LogRecord.Channel> records = new ArrayList<>();
    Gathering gathering = new Gathering(records, split.logUntil());
    int pchannel = open.info().pchannels().get(split.shard());
    try (Subscription log =
        open.tails()
            .subscribe(pchannel, open.info().id(), split.shard(), split.logAfter(), gathering)) {
      if (!await(open, split, log)) {
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "the log of shard "
                + split.shard()
                + " of collection "
                + open.info().name()
                + " was not read within "
                + PATIENCE.toSeconds()
                + " s: is its broker reachable? 'scan.read'='committed' does without it");
      }
    }
    TailRows tail = new TailRows();
    int key = open.info().schema().primaryKey().id();
    synchronized (records) {
      records.forEach(each -> tail.apply(each, key));
    }
    return tail;
  }

  private static boolean await(OpenCollection open, ScanSplit split, Subscription log)
      throws InterruptedException {
    try {
      return log.await(split.logUntil(), PATIENCE);
    } catch (TidemarkException e) {
      throw open.logIsGone(split, e);
    }
  }

  private static final class Gathering implements LogListener {
    private final List<LogRecord.Channel> records;
    private final long until;

    Gathering(List<LogRecord.Channel> records, long until) {
      this.records = records;
      this.until = until;
    }

    @Override
    public void onRecord(LogRecord.Channel record) {
      if (record.timestamp() <= until) {
        synchronized (records) {
          records.add(record);
        }
      }
    }

    @Override
    public void onProgress(long consumedTimestamp) {
      // The subscription itself tells how far it is.
    }

    @Override
    public void onFailure(Throwable failure) {
      // Waiting for the subscription tells.
    }
  }

  void apply(LogRecord.Channel record, int keyField) {
    switch (record) {
      case LogRecord.Insert insert -> {
        Column keys = insert.rows().column(keyField).orElseThrow();
        for (int row = 0; row < keys.size(); row++) {
          Object key = Objects.requireNonNull(keys.value(row));
          // Of several rows of a key the newest is read, whether it replaces the others or not.
          hidden.put(key, insert.timestamp());
          rows.put(key, new Row(insert.rows(), row, insert.timestamp(), insert.partition()));
        }
      }
      case LogRecord.Delete delete -> {
        boolean everywhere = delete.partition().isEmpty();
        for (int i = 0; i < delete.keys().size(); i++) {
          Object key = Objects.requireNonNull(delete.keys().value(i));
          Row row = rows.get(key);
          if (row != null && (everywhere || row.partition().equals(delete.partition()))) {
            rows.remove(key);
          }
          if (everywhere) {
            hidden.put(key, delete.timestamp());
          }
        }
        if (!everywhere) {
          inPartition.add(delete);
        }
      }
      case LogRecord.DropPartition drop -> {
        rows.values().removeIf(row -> row.partition().equals(drop.partition()));
        dropped.add(drop);
      }
      case LogRecord.Flush flush -> {
        // Changes no row.
      }
      case LogRecord.DropCollection drop -> {
        // What was read before it was dropped is still true.
      }
    }
  }

  /** Those that the log leaves. */
  Collection<Row> rows() {
    return rows.values();
  }

  /** Whether an older row is hidden or deleted. */
  boolean hides(Object key, long timestamp, @Nullable String partition) {
    Long replaced = hidden.get(key);
    if (replaced != null && replaced > timestamp) {
      return true;
    }
    for (LogRecord.DropPartition drop : dropped) {
      if (drop.timestamp() > timestamp && drop.partition().equals(partition)) {
        return true;
      }
    }
    for (LogRecord.Delete delete : inPartition) {
      if (delete.timestamp() > timestamp
          && delete.partition().equals(partition)
          && contains(delete.keys(), key)) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(Column keys, Object key) {
    for (int i = 0; i < keys.size(); i++) {
      if (key.equals(keys.value(i))) {
        return true;
      }
    }
    return false;
  }
}
