package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.graph.GraphIndexWriter;
import io.tidemark.engine.segment.Fusion;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.puffin.BlobSource;
import io.tidemark.stores.puffin.PuffinFile;
import io.tidemark.stores.puffin.PuffinWriter;
import io.tidemark.stores.record.RecordFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/**
 * A lake on SQLite in a folder, a log in memory, and a read service over both. Its collection has a
 * key, a title and a vector; row {@code k} has the title {@code t k} and lies at {@code (k, 0)}.
 */
final class ReadFixture implements AutoCloseable {
  static final int ID = 100;
  static final int TITLE = 101;
  static final int VECTOR = 102;
  static final long CREATED = HybridTimestamp.ofMillis(1_700_000_000_000L);
  static final String DEFAULT = Partition.DEFAULT_NAME;
  private static final long INDEX_ID = 77;

  final Lake lake;
  final MemoryLog log = new MemoryLog(2);
  final MemoryControlStore control = new MemoryControlStore();
  final Path folder;
  CollectionInfo info;
  ReadService reads;
  private int nextIndex;

  ReadFixture(Path folder, int shards) {
    this.folder = folder;
    lake = Lake.open(LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse")));
    info =
        new CollectionInfo(
            7,
            CollectionInfo.DEFAULT_DATABASE,
            "books",
            new CollectionSchema(
                "",
                false,
                1,
                List.of(
                    field(ID, "id", DataType.INT64, true, null),
                    field(TITLE, "title", DataType.VARCHAR, false, null),
                    field(VECTOR, "vec", DataType.FLOAT_VECTOR, false, null))),
            shards == 1 ? List.of(0) : List.of(0, 1),
            ConsistencyLevel.STRONG,
            CREATED,
            CREATED,
            List.of(new Partition(8, DEFAULT, CREATED), new Partition(9, "a", CREATED)),
            List.of(
                new IndexDefinition(
                    INDEX_ID,
                    VECTOR,
                    "vec",
                    "vec",
                    io.tidemark.model.index.IndexType.HNSW,
                    Metric.L2,
                    Map.of())),
            Map.of());
    lake.createCollection(info);
    reads = open(ReadConfig.loadedBytesDefault());
  }

  static FieldSchema field(
      int id, String name, DataType type, boolean key, @Nullable Object defaultValue) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        key,
        false,
        !key && !type.isVector(),
        false,
        false,
        type.isVector() ? 2 : 0,
        type == DataType.VARCHAR ? 100 : 0,
        defaultValue,
        Map.of());
  }

  private ReadService open(long loadedBytesMax) {
    return new ReadService(
        lake,
        log,
        control,
        new ReadConfig(folder.resolve("cache"), 2, Duration.ofMillis(20), 1 << 20)
            .withMemory(1 << 20, loadedBytesMax));
  }

  /** As a new process. */
  void restart() {
    restart(ReadConfig.loadedBytesDefault());
  }

  /** With so much memory for loaded rows. */
  void restart(long loadedBytesMax) {
    reads.close();
    reads = open(loadedBytesMax);
  }

  void load(String... partitions) throws Exception {
    reads.load(info, Set.of(partitions)).get(60, TimeUnit.SECONDS);
  }

  static long ts(long n) {
    return CREATED + n;
  }

  // The log.

  static EntityBatch rows(long... keys) {
    List<@Nullable String> titles = new ArrayList<>();
    float[] vectors = new float[keys.length * 2];
    for (int i = 0; i < keys.length; i++) {
      titles.add("t " + keys[i]);
      vectors[2 * i] = keys[i];
    }
    return batch(keys, titles, vectors);
  }

  /** The same key at another place, with another title. */
  static EntityBatch moved(long key, float x, String title) {
    return at(x, title, key);
  }

  /** Rows that lie all at one place, with one title. */
  static EntityBatch at(float x, String title, long... keys) {
    float[] vectors = new float[keys.length * 2];
    for (int i = 0; i < keys.length; i++) {
      vectors[2 * i] = x;
    }
    List<@Nullable String> titles = new ArrayList<>(Collections.nCopies(keys.length, title));
    return batch(keys, titles, vectors);
  }

  private static EntityBatch batch(long[] keys, List<@Nullable String> titles, float[] vectors) {
    return new EntityBatch(
        keys.length,
        Map.of(
            ID, LongColumn.of(keys, null),
            TITLE, BytesColumn.ofStrings(DataType.VARCHAR, titles),
            VECTOR, FloatVectorColumn.of(vectors, 2, null)));
  }

  void insert(long n, int shard, String partition, boolean upsert, EntityBatch rows) {
    log.append(
        info.pchannels().get(shard),
        new LogRecord.Insert(ts(n), info.id(), shard, partition, 1, upsert, rows));
  }

  void delete(long n, int shard, long... keys) {
    log.append(
        info.pchannels().get(shard),
        new LogRecord.Delete(ts(n), info.id(), shard, "", LongColumn.of(keys, null)));
  }

  void tick(long n) {
    log.append(0, new LogRecord.TimeTick(ts(n)));
    log.append(1, new LogRecord.TimeTick(ts(n)));
  }

  // The table.

  static Record record(
      Schema schema, long key, float x, String title, @Nullable Long ts, int shard, String where) {
    GenericRecord record = GenericRecord.create(schema);
    record.setField("id", key);
    record.setField("title", title);
    record.setField("vec", List.of(x, 0f));
    if (ts != null) {
      record.setField("__ts", ts);
      record.setField("__shard", shard);
      record.setField("__partition", where);
    }
    return record;
  }

  DataFile data(Table table, long n, int shard, String partition, long... keys) {
    List<Record> records = new ArrayList<>();
    for (long key : keys) {
      records.add(record(table.schema(), key, key, "t " + key, ts(n), shard, partition));
    }
    return RecordFiles.writeData(table, records);
  }

  DeleteFile deletes(Table table, long... keys) {
    Schema schema = table.schema().select("id");
    List<Record> records = new ArrayList<>();
    for (long key : keys) {
      GenericRecord record = GenericRecord.create(schema);
      record.setField("id", key);
      records.add(record);
    }
    return RecordFiles.writeEqualityDeletes(table, schema, records);
  }

  LakeTable table() {
    return lake.table(info);
  }

  /** Moves the shard's position to {@code n}. */
  void commit(int shard, long n, List<DataFile> add, List<DeleteFile> deletes) {
    LakeTable table = table();
    var unused =
        new LogSnapshotCommitter()
            .commit(table, shard, table.position(shard), ts(n), add, deletes, List.of());
  }

  /** Commits rows that were written at {@code n}, and looks. */
  void commit(long n, long... keys) {
    commit(0, n, List.of(data(table().iceberg(), n, 0, DEFAULT, keys)), List.of());
  }

  /**
   * Builds and registers an index over all files of the table, in the order of their size.
   *
   * @param dead ordinals of rows that are left out
   */
  Path index(int... dead) throws Exception {
    LakeTable table = table();
    List<LakeFile> files = new ArrayList<>(table.snapshot().files());
    files.sort((a, b) -> Long.compare(b.rows(), a.rows()));
    return index(table, files, dead);
  }

  /** Makes a segment of each file of the table, with an index. */
  void indexEach() throws Exception {
    LakeTable table = table();
    for (LakeFile file : table.snapshot().files()) {
      index(table, List.of(file));
    }
  }

  private Path index(LakeTable table, List<LakeFile> files, int... dead) throws Exception {
    List<FloatVectors> vectors = new ArrayList<>();
    List<SegmentIndex.SourceFile> sources = new ArrayList<>();
    for (LakeFile file : files) {
      Column column = table.read(file).batch().column(VECTOR).orElseThrow();
      vectors.add(FloatVectors.of((FloatVectorColumn) column));
      sources.add(new SegmentIndex.SourceFile(file.path(), file.rows()));
    }
    Vectors all = Vectors.concat(vectors);
    BitSet include = new BitSet();
    include.set(0, all.size());
    for (int row : dead) {
      include.clear(row);
    }
    IndexDefinition definition = info.indexes().getFirst();
    GraphIndexWriter graph =
        GraphIndexWriter.build(all, include, Metric.L2, definition, 1, done -> {});
    Path path = folder.resolve("warehouse/indexes/7/" + nextIndex + "-" + all.size());
    PuffinFile written =
        PuffinWriter.write(
            path,
            List.of(
                new BlobSource("tidemark-graph-v1", VECTOR, graph::writeTo, graph::properties)));
    lake.registry()
        .register(
            List.of(
                new SegmentIndex(
                    1_000 + nextIndex++,
                    info.id(),
                    DEFAULT,
                    0,
                    sources,
                    VECTOR,
                    INDEX_ID,
                    definition.type(),
                    Metric.L2,
                    Map.of(),
                    1,
                    "file://" + path,
                    written.bytes(),
                    written.checksum(),
                    "cpu",
                    1,
                    ts(1))));
    return path;
  }

  // Reads.

  SearchCommand nearest(float x, int limit, String filter, long guarantee) {
    return nearest(x, limit, filter, guarantee, false, TITLE);
  }

  private SearchCommand nearest(
      float x, int limit, String filter, long guarantee, boolean ignoreGrowing, Integer... fields) {
    return new SearchCommand(
        info,
        VECTOR,
        Metric.L2,
        List.of(new DenseQuery(new float[] {x, 0})),
        limit,
        0,
        SearchParameters.DEFAULT,
        filter(filter),
        Set.of(),
        List.of(fields),
        guarantee,
        ignoreGrowing,
        Duration.ofSeconds(5),
        false,
        false);
  }

  /** Near each place at once, fused by their ranks; the first with growing rows or without. */
  HybridCommand nearest(int limit, boolean ignoreGrowing, float... places) {
    List<SearchCommand> searches = new ArrayList<>();
    for (float x : places) {
      searches.add(nearest(x, limit, "", 1, ignoreGrowing && searches.isEmpty()));
    }
    return new HybridCommand(searches, new Fusion.ReciprocalRank(60), limit, 0, List.of(TITLE));
  }

  Filter filter(String text) {
    return FilterParser.parse(text, info.schema(), Map.of());
  }

  /** The keys nearest to x, best first. */
  List<Object> search(float x, int limit) {
    return valuesOf(reads.search(nearest(x, limit, "", 1)).keys());
  }

  QueryAnswer query(String filter, long limit, long offset, boolean count, String... partitions) {
    return reads.query(
        new QueryCommand(
            info,
            filter(filter),
            Set.of(partitions),
            List.of(ID, TITLE),
            limit,
            offset,
            count,
            1,
            false,
            Duration.ofSeconds(5)));
  }

  /** For the keys of all rows. */
  QueryCommand everyKey(boolean ignoreGrowing) {
    return new QueryCommand(
        info,
        filter(""),
        Set.of(),
        List.of(ID),
        -1,
        0,
        false,
        1,
        ignoreGrowing,
        Duration.ofSeconds(20));
  }

  List<Object> keys() {
    return valuesOf(query("", -1, 0, false).rows().column(ID).orElseThrow());
  }

  static List<Object> valuesOf(Column column) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < column.size(); i++) {
      values.add(column.value(i));
    }
    return values;
  }

  static void eventually(BooleanSupplier what) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!what.getAsBoolean() && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(what.getAsBoolean()).isTrue();
  }

  /** Waits until the newest snapshot is published: then nothing committed is growing. */
  void settled(long growingBytes) throws InterruptedException {
    eventually(() -> reads.metrics().growingBytes() <= growingBytes);
  }

  @Override
  public void close() {
    reads.close();
    lake.close();
  }
}
