package io.tidemark.jobs;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.ChannelWriters;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogTopics;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * A log on a real broker and a lake on disk, with collections of {@code id INT64, text VARCHAR,
 * vector FLOAT_VECTOR(4)}.
 */
public final class LogAndLake implements AutoCloseable {
  public static final int ID = 100;
  public static final int TEXT = 101;
  public static final int VECTOR = 102;
  public static final int DIMENSION = 4;

  private static final AtomicInteger RUNS = new AtomicInteger();

  public final LogConfig log;
  public final LakeConfig lakeConfig;
  public final Lake lake;
  public final ControlStore control;
  public final ChannelWriters writers;

  public LogAndLake(EmbeddedBroker broker, Path folder) {
    int run = RUNS.incrementAndGet();
    log = new LogConfig(broker.bootstrapServers(), "log-" + run, "control-" + run, 2);
    LogTopics.ensure(log);
    lakeConfig = LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    lake = Lake.open(lakeConfig);
    control = KafkaControlStore.open(log);
    writers = ChannelWriters.open(log, System::currentTimeMillis, 0);
  }

  public static EmbeddedBroker broker(Path folder) throws IOException {
    return EmbeddedBroker.start(folder, freePort(), freePort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  public CollectionInfo create(String name, IndexDefinition... indexes) {
    CollectionSchema schema =
        new CollectionSchema(
            "",
            false,
            1,
            List.of(
                field(ID, "id", DataType.INT64, true, 0, 0),
                field(TEXT, "text", DataType.VARCHAR, false, 0, 100),
                field(VECTOR, "vector", DataType.FLOAT_VECTOR, false, DIMENSION, 0)));
    long id = writers.allocate();
    CollectionInfo info =
        new CollectionInfo(
            id,
            CollectionInfo.DEFAULT_DATABASE,
            name,
            schema,
            List.of(0, 1),
            ConsistencyLevel.STRONG,
            id,
            id,
            List.of(new Partition(id, Partition.DEFAULT_NAME, id)),
            List.of(indexes),
            Map.of());
    lake.createCollection(info);
    control.put(ControlKeys.COLLECTION + id, CollectionInfo.DEFAULT_DATABASE + "/" + name);
    return info;
  }

  private static FieldSchema field(
      int id, String name, DataType type, boolean key, int dimension, int length) {
    return new FieldSchema(
        id, name, type, "", key, false, false, false, false, dimension, length, null, Map.of());
  }

  public static int shard(long key) {
    return (int) (key & 1);
  }

  public void insert(CollectionInfo collection, String text, long... keys) {
    write(collection, text, false, keys);
  }

  public void upsert(CollectionInfo collection, String text, long... keys) {
    write(collection, text, true, keys);
  }

  private void write(CollectionInfo collection, String text, boolean upsert, long... keys) {
    for (int shard = 0; shard < 2; shard++) {
      long[] ours = of(shard, keys);
      if (ours.length > 0) {
        EntityBatch rows = rows(collection.schema(), text, ours);
        int where = shard;
        append(
            collection,
            shard,
            at ->
                new LogRecord.Insert(
                    at, collection.id(), where, Partition.DEFAULT_NAME, 1, upsert, rows));
      }
    }
  }

  public void delete(CollectionInfo collection, long... keys) {
    for (int shard = 0; shard < 2; shard++) {
      long[] ours = of(shard, keys);
      if (ours.length > 0) {
        int where = shard;
        append(
            collection,
            shard,
            at -> new LogRecord.Delete(at, collection.id(), where, "", keyColumn(ours)));
      }
    }
  }

  /** The timestamps of both shards' flush records. */
  public List<Long> flush(CollectionInfo collection) {
    return List.of(
        append(collection, 0, at -> new LogRecord.Flush(at, collection.id(), 0)),
        append(collection, 1, at -> new LogRecord.Flush(at, collection.id(), 1)));
  }

  public void drop(CollectionInfo collection) {
    append(collection, 0, at -> new LogRecord.DropCollection(at, collection.id(), 0));
    append(collection, 1, at -> new LogRecord.DropCollection(at, collection.id(), 1));
    control.put(ControlKeys.COLLECTION + collection.id(), ControlKeys.DROPPED);
    lake.dropCollection(collection);
  }

  private long append(
      CollectionInfo collection, int shard, java.util.function.LongFunction<LogRecord> at) {
    return writers.of(collection.pchannels().get(shard)).append(at).join();
  }

  private static long[] of(int shard, long... keys) {
    return java.util.Arrays.stream(keys).filter(key -> shard(key) == shard).toArray();
  }

  private static Column keyColumn(long... keys) {
    ColumnBuilder builder = new ColumnBuilder(DataType.INT64, 0);
    for (long key : keys) {
      builder.append(key);
    }
    return builder.build();
  }

  private static EntityBatch rows(CollectionSchema schema, String text, long... keys) {
    ColumnBuilder texts = new ColumnBuilder(schema.field(TEXT).orElseThrow());
    ColumnBuilder vectors = new ColumnBuilder(schema.field(VECTOR).orElseThrow());
    for (long key : keys) {
      texts.append(text + key);
      vectors.append(
          new float[] {key, (float) Math.sin(key), (float) Math.cos(key * 0.37), key % 17});
    }
    return new EntityBatch(
        keys.length, Map.of(ID, keyColumn(keys), TEXT, texts.build(), VECTOR, vectors.build()));
  }

  /** What plain Iceberg reads: key → texts, one per live row. */
  public Map<Long, List<String>> live(CollectionInfo collection) {
    Table table = lake.table(collection).iceberg();
    Map<Long, List<String>> live = new TreeMap<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      for (Record row : rows) {
        live.computeIfAbsent((Long) row.getField("id"), key -> new ArrayList<>())
            .add(String.valueOf(row.getField("text")));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return live;
  }

  public boolean committed(CollectionInfo collection, List<Long> upTo) {
    var table = lake.table(collection);
    return table.position(0) >= upTo.get(0) && table.position(1) >= upTo.get(1);
  }

  @Override
  public void close() {
    writers.close();
    control.close();
    lake.close();
  }
}
