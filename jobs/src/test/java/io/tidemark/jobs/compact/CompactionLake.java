package io.tidemark.jobs.compact;

import io.tidemark.connectors.lake.SegmentFileWriter;
import io.tidemark.engine.window.NetEffect;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/**
 * A lake with one collection of two shards and two partitions, {@code id INT64, text VARCHAR, price
 * DOUBLE, vector FLOAT_VECTOR(16)}, to which windows of log records are committed, and what it
 * should hold.
 */
final class CompactionLake implements AutoCloseable {
  static final int ID = 100;
  static final int TEXT = 101;
  static final int PRICE = 102;
  static final int VECTOR = 103;
  static final int DIMENSION = 16;
  static final int SHARDS = 2;
  static final String RED = "red";

  static final CollectionSchema SCHEMA =
      new CollectionSchema(
          "",
          false,
          1,
          List.of(
              field(ID, "id", DataType.INT64),
              field(TEXT, "text", DataType.VARCHAR),
              field(PRICE, "price", DataType.DOUBLE),
              field(VECTOR, "vector", DataType.FLOAT_VECTOR)));

  final LakeConfig config;
  final Lake lake;
  final CollectionInfo books;

  /** What reads should show: the newest text of each live key. */
  final Map<Long, String> replay = new TreeMap<>();

  private final Map<Integer, List<LogRecord.Channel>> window = new HashMap<>();
  private long clock = HybridTimestamp.ofMillis(System.currentTimeMillis());

  CompactionLake(Path folder, Map<String, String> properties) {
    config = LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    lake = Lake.open(config);
    books =
        new CollectionInfo(
            1_000,
            "default",
            "books",
            SCHEMA,
            List.of(0, 1),
            ConsistencyLevel.STRONG,
            clock,
            clock,
            List.of(new Partition(1, Partition.DEFAULT_NAME, 0), new Partition(2, RED, 0)),
            List.of(
                new IndexDefinition(
                    7, VECTOR, "vector", "vector", IndexType.HNSW, Metric.L2, Map.of())),
            properties);
    lake.createCollection(books);
  }

  private static FieldSchema field(int id, String name, DataType type) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        id == ID,
        false,
        type == DataType.VARCHAR || type == DataType.DOUBLE,
        false,
        false,
        type.isVector() ? DIMENSION : 0,
        type == DataType.VARCHAR ? 200 : 0,
        type == DataType.DOUBLE ? (Object) 1.5 : null,
        Map.of());
  }

  LakeTable table() {
    return lake.table(books);
  }

  List<LakeFile> files() {
    return table().snapshot().files();
  }

  List<SegmentIndex> registered() {
    return lake.registry().list(books.id());
  }

  long deleteFiles() {
    return Long.parseLong(
        table().iceberg().currentSnapshot().summary().get(SnapshotSummary.TOTAL_DELETE_FILES_PROP));
  }

  static float[] vector(long key) {
    Random random = new Random(key);
    float[] vector = new float[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return vector;
  }

  /** A key is always in the same partition and shard, as a client with its own rule has it. */
  static String partition(long key) {
    return key % 5 == 0 ? RED : Partition.DEFAULT_NAME;
  }

  private static int shard(long key) {
    return (int) (key / 3 % SHARDS);
  }

  void insert(long firstKey, int count, String suffix) {
    write(firstKey, count, suffix, false);
  }

  void upsert(long firstKey, int count, String suffix) {
    write(firstKey, count, suffix, true);
  }

  private void write(long firstKey, int count, String suffix, boolean upsert) {
    for (int shard = 0; shard < SHARDS; shard++) {
      for (String partition : List.of(Partition.DEFAULT_NAME, RED)) {
        ColumnBuilder keys = new ColumnBuilder(SCHEMA.primaryKey());
        ColumnBuilder texts = new ColumnBuilder(DataType.VARCHAR, 0);
        ColumnBuilder vectors = new ColumnBuilder(DataType.FLOAT_VECTOR, DIMENSION);
        int rows = 0;
        for (long key = firstKey; key < firstKey + count; key++) {
          if (shard(key) == shard && partition(key).equals(partition)) {
            keys.append(key);
            texts.append(key + suffix);
            vectors.append(vector(key));
            replay.put(key, key + suffix);
            rows++;
          }
        }
        if (rows > 0) {
          EntityBatch batch =
              new EntityBatch(
                  rows, Map.of(ID, keys.build(), TEXT, texts.build(), VECTOR, vectors.build()));
          add(shard, new LogRecord.Insert(++clock, books.id(), shard, partition, 1, upsert, batch));
        }
      }
    }
  }

  void delete(long firstKey, int count) {
    for (int shard = 0; shard < SHARDS; shard++) {
      ColumnBuilder keys = new ColumnBuilder(SCHEMA.primaryKey());
      for (long key = firstKey; key < firstKey + count; key++) {
        if (shard(key) == shard) {
          keys.append(key);
          replay.remove(key);
        }
      }
      add(shard, new LogRecord.Delete(++clock, books.id(), shard, "", keys.build()));
    }
  }

  private void add(int shard, LogRecord.Channel record) {
    window.computeIfAbsent(shard, s -> new ArrayList<>()).add(record);
  }

  /** Commits each shard's window. */
  void commit() {
    long to = ++clock;
    window.forEach((shard, records) -> {
      LakeTable table = table();
      NetChange change = NetEffect.of(records, SCHEMA);
      SegmentFileWriter.Written written = SegmentFileWriter.write(table, shard, change, 1L << 30);
      new LogSnapshotCommitter()
          .commit(
              table,
              shard,
              table.position(shard),
              to,
              written.dataFiles(),
              written.deleteFiles(),
              List.of());
    });
    window.clear();
  }

  /** A row as another engine writes it, without the hidden columns. */
  Record foreign(long key, String text, List<Float> vector) {
    GenericRecord row = GenericRecord.create(table().iceberg().schema());
    row.setField("id", key);
    row.setField("text", text);
    row.setField("vector", vector);
    return row;
  }

  static List<Float> list(float[] vector) {
    List<Float> list = new ArrayList<>();
    for (float value : vector) {
      list.add(value);
    }
    return list;
  }

  void append(Record... rows) {
    Table table = table().iceberg();
    table.newAppend().appendFile(RecordFiles.writeData(table, Arrays.asList(rows))).commit();
  }

  /** All rows that a plain scan of Iceberg's shows. */
  List<Record> scan() {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> scan = IcebergGenerics.read(table().iceberg()).build()) {
      scan.forEach(row -> rows.add(row.copy()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** As {@link #replay} has it, from {@link #scan}. */
  Map<Long, String> texts() {
    Map<Long, String> texts = new TreeMap<>();
    Map<Long, Long> newest = new HashMap<>();
    for (Record row : scan()) {
      Long key = (Long) row.getField("id");
      long timestamp = row.getField("__ts") instanceof Long ts ? ts : 0;
      if (newest.merge(key, timestamp, Math::max) == timestamp) {
        texts.put(key, (String) row.getField("text"));
      }
    }
    return texts;
  }

  /** Where {@link #texts} and {@link #replay} differ; some of it, to be shown. */
  Map<Long, String> differences() {
    Map<Long, String> found = texts();
    Map<Long, String> differences = new TreeMap<>();
    for (Map.Entry<Long, String> row : found.entrySet()) {
      if (!row.getValue().equals(replay.get(row.getKey()))) {
        differences.put(row.getKey(), row.getValue() + " is not " + replay.get(row.getKey()));
      }
    }
    for (Map.Entry<Long, String> row : replay.entrySet()) {
      if (!found.containsKey(row.getKey())) {
        differences.put(row.getKey(), row.getValue() + " is missing");
      }
    }
    return new TreeMap<>(
        differences.entrySet().stream()
            .limit(20)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  JobReport run(MaintenanceJob job, Map<String, String> options) throws Exception {
    JobRequest request =
        new JobRequest("test", job.kind(), books.id(), new TreeMap<>(options), "user");
    return job.run(
        new JobContext(
            request,
            config,
            null,
            StreamExecutionEnvironment::getExecutionEnvironment,
            JobProgress.SILENT));
  }

  @Override
  public void close() {
    lake.close();
  }
}
