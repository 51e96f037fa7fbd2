package io.tidemark.serving.read.view;

import io.tidemark.engine.segment.Segment;
import io.tidemark.model.column.Column;
import io.tidemark.model.log.LogRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one log record deletes: rows of its shard, older than it, with one of its keys, in its
 * partition. Rows of no known shard (another engine wrote them) are hit by every shard's kills.
 *
 * @param partition only there; empty for everywhere
 * @param keys Long or String; null for every row
 */
public record Kill(long timestamp, int shard, String partition, @Nullable List<Object> keys) {
  static Kill of(LogRecord.Delete delete) {
    return new Kill(delete.timestamp(), delete.shard(), delete.partition(), keys(delete.keys()));
  }

  /** An upsert replaces its keys' older rows wherever they are. */
  static Kill of(LogRecord.Insert upsert, Column keys) {
    return new Kill(upsert.timestamp(), upsert.shard(), "", keys(keys));
  }

  static Kill of(LogRecord.DropPartition drop) {
    return new Kill(drop.timestamp(), drop.shard(), drop.partition(), null);
  }

  private static List<Object> keys(Column column) {
    List<Object> keys = new ArrayList<>(column.size());
    for (int row = 0; row < column.size(); row++) {
      keys.add(Objects.requireNonNull(column.value(row), "a deleted key is null"));
    }
    return Collections.unmodifiableList(keys);
  }

  /** Cheap: false only if no row of the segment can be hit. */
  boolean mayHit(RowSegment rows) {
    int shardOfRows = rows.segment().shard();
    return (shardOfRows == shard || shardOfRows == Segment.ANY_SHARD)
        && rows.oldest() < timestamp
        && (partition.isEmpty() || rows.mayHold(partition));
  }

  /** For a segment that {@link #mayHit} and a row with one of the keys. */
  boolean hits(RowSegment rows, int row) {
    return rows.segment().timestamp(row) < timestamp
        && (partition.isEmpty() || rows.isIn(row, partition));
  }
}
