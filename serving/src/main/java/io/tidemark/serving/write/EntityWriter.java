package io.tidemark.serving.write;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ShardHash;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Brings checked rows and keys to the log: spreads them over the shards by {@link ShardHash}, one
 * record per shard, and returns when the broker has all of them. A request over several shards is
 * not atomic, as in Milvus. Thread-safe.
 */
public final class EntityWriter {
  /** Deletes of all partitions. */
  public static final String EVERYWHERE = "";

  private final ShardLog log;
  private final FreeSpace space;

  public EntityWriter(ShardLog log, FreeSpace space) {
    this.log = log;
    this.space = space;
  }

  /**
   * @param keys of the written rows, in the order of the request
   * @param timestamp the highest of the records'
   */
  public record Written(Column keys, long timestamp) {}

  /**
   * @param rows checked; without an auto id primary key it is made here
   */
  public Written insert(CollectionInfo info, String partition, EntityBatch rows, Duration timeout) {
    space.require();
    EntityBatch complete = withKeys(info, rows);
    return new Written(keys(info, complete), append(info, partition, complete, false, timeout));
  }

  /**
   * Replaces the rows of the same keys, in whatever partition they are. Of a key that comes twice
   * the last row wins.
   *
   * @param rows checked, with the primary key; if it is auto id the rows get new keys and the given
   *     ones are deleted
   */
  public Written upsert(CollectionInfo info, String partition, EntityBatch rows, Duration timeout) {
    space.require();
    EntityBatch distinct = lastOfEachKey(info, rows);
    FieldSchema primaryKey = info.schema().primaryKey();
    if (!primaryKey.autoId()) {
      long timestamp = append(info, partition, distinct, true, timeout);
      return new Written(keys(info, rows), timestamp);
    }
    // New key, new shard: the delete can't share the insert's record. First in are the new rows, so
    // that a failure in
    // between leaves a row twice rather than none; a retry deletes the old one.
    Map<Integer, Column> others = new TreeMap<>(distinct.columns());
    others.remove(primaryKey.id());
    EntityBatch renewed = withKeys(info, new EntityBatch(distinct.size(), others));
    append(info, partition, renewed, false, timeout);
    long timestamp = delete(info, EVERYWHERE, boxed(keys(info, distinct)), timeout);
    return new Written(keys(info, renewed), timestamp);
  }

  /**
   * Deletes by key; a key that is not there is no error.
   *
   * @param partition only there, or {@link #EVERYWHERE}
   * @return the highest timestamp; without keys the last one acknowledged
   */
  public long delete(CollectionInfo info, String partition, Collection<?> keys, Duration timeout) {
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    byShard(info, keys)
        .forEach(
            (shard, own) -> appends.add(log.append(info, shard, deletion(info, partition, own))));
    return appends.isEmpty() ? log.lastAcknowledged() : ShardLog.await(appends, timeout);
  }

  /**
   * As {@link #delete}, but refuses a shard's keys if one of them was written after {@code
   * readTimestamp}; shards without such keys are done.
   *
   * @throws io.tidemark.stores.log.KeysWrittenSinceException to be answered by reading again
   */
  public long deleteUnlessWrittenSince(
      long readTimestamp,
      CollectionInfo info,
      String partition,
      Collection<?> keys,
      Duration timeout) {
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    byShard(info, keys)
        .forEach((shard, own) ->
            appends.add(
                log.appendUnlessWrittenSince(
                    readTimestamp, info, shard, own, deletion(info, partition, own))));
    return appends.isEmpty() ? log.lastAcknowledged() : ShardLog.await(appends, timeout);
  }

  private static ShardLog.ShardRecord deletion(
      CollectionInfo info, String partition, List<Object> keys) {
    Column column = Keys.toColumn(info.schema().primaryKey(), keys);
    return (timestamp, shard) ->
        new LogRecord.Delete(timestamp, info.id(), shard, partition, column);
  }

  private long append(
      CollectionInfo info, String partition, EntityBatch rows, boolean upsert, Duration timeout) {
    int version = info.schema().version();
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    for (Map.Entry<Integer, EntityBatch> part : split(info, rows).entrySet()) {
      appends.add(
          log.append(
              info,
              part.getKey(),
              keys(info, part.getValue()),
              (timestamp, shard) ->
                  new LogRecord.Insert(
                      timestamp, info.id(), shard, partition, version, upsert, part.getValue())));
    }
    return ShardLog.await(appends, timeout);
  }

  private static Map<Integer, EntityBatch> split(CollectionInfo info, EntityBatch rows) {
    if (info.shards() == 1) {
      return Map.of(0, rows);
    }
    Column keys = keys(info, rows);
    Map<Integer, List<Integer>> rowsByShard = new TreeMap<>();
    for (int row = 0; row < keys.size(); row++) {
      rowsByShard
          .computeIfAbsent(ShardHash.shardOf(key(keys, row), info.shards()), s -> new ArrayList<>())
          .add(row);
    }
    Map<Integer, EntityBatch> parts = new TreeMap<>();
    rowsByShard.forEach((shard, own) ->
        parts.put(shard, rows.gather(own.stream().mapToInt(Integer::intValue).toArray())));
    return parts;
  }

  private static Map<Integer, List<Object>> byShard(CollectionInfo info, Collection<?> keys) {
    Map<Integer, List<Object>> byShard = new TreeMap<>();
    for (Object key : keys) {
      byShard
          .computeIfAbsent(ShardHash.shardOf(key, info.shards()), s -> new ArrayList<>())
          .add(key);
    }
    return byShard;
  }

  private EntityBatch withKeys(CollectionInfo info, EntityBatch rows) {
    FieldSchema primaryKey = info.schema().primaryKey();
    if (rows.column(primaryKey.id()).isPresent()) {
      return rows;
    }
    ColumnBuilder keys = new ColumnBuilder(primaryKey);
    for (int row = 0; row < rows.size(); row++) {
      long id = log.allocate();
      keys.append(primaryKey.type() == DataType.INT64 ? (Object) id : Long.toString(id));
    }
    Map<Integer, Column> columns = new TreeMap<>(rows.columns());
    columns.put(primaryKey.id(), keys.build());
    return new EntityBatch(rows.size(), columns);
  }

  private static EntityBatch lastOfEachKey(CollectionInfo info, EntityBatch rows) {
    Column keys = keys(info, rows);
    Map<Object, Integer> last = new HashMap<>();
    for (int row = 0; row < keys.size(); row++) {
      last.put(key(keys, row), row);
    }
    return last.size() == rows.size()
        ? rows
        : rows.gather(last.values().stream().mapToInt(Integer::intValue).sorted().toArray());
  }

  private static Column keys(CollectionInfo info, EntityBatch rows) {
    return rows.column(info.schema().primaryKey().id()).orElseThrow();
  }

  /** Keys as a list of {@code Long} or {@code String}. */
  public static List<Object> boxed(Column keys) {
    List<Object> boxed = new ArrayList<>(keys.size());
    for (int row = 0; row < keys.size(); row++) {
      boxed.add(key(keys, row));
    }
    return boxed;
  }

  private static Object key(Column keys, int row) {
    Object key = keys.value(row);
    if (key == null) {
      throw new IllegalStateException("a primary key is null in row " + row);
    }
    return key;
  }
}
