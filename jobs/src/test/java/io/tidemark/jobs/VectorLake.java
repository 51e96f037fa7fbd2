package io.tidemark.jobs;

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
import io.tidemark.model.column.Column;
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
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A lake on disk with one collection, {@code id INT64, text VARCHAR, vector FLOAT_VECTOR(16)} and
 * {@code other FLOAT_VECTOR(8)} that may be null, to which log records are committed directly.
 */
public final class VectorLake implements AutoCloseable {
  public static final int ID = 100;
  public static final int TEXT = 101;
  public static final int VECTOR = 102;
  public static final int OTHER = 103;
  public static final int DIMENSION = 16;
  public static final int OTHER_DIMENSION = 8;

  private static final CollectionSchema SCHEMA =
      new CollectionSchema(
          "",
          false,
          1,
          List.of(
              field(ID, "id", DataType.INT64, 0, false),
              field(TEXT, "text", DataType.VARCHAR, 0, true),
              field(VECTOR, "vector", DataType.FLOAT_VECTOR, DIMENSION, false),
              field(OTHER, "other", DataType.FLOAT_VECTOR, OTHER_DIMENSION, true)));

  public final LakeConfig config;
  public final Lake lake;
  public final CollectionInfo books;
  private long clock = 1_000;

  public VectorLake(Path folder, IndexDefinition... indexes) {
    config = LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    lake = Lake.open(config);
    books =
        new CollectionInfo(
            1_000,
            "default",
            "books",
            SCHEMA,
            List.of(0),
            ConsistencyLevel.STRONG,
            1_000,
            1_000,
            List.of(new Partition(1, Partition.DEFAULT_NAME, 1_000)),
            List.of(indexes),
            Map.of());
    lake.createCollection(books);
  }

  private static FieldSchema field(
      int id, String name, DataType type, int dimension, boolean nullable) {
    return new FieldSchema(
        id,
        name,
        type,
        "",
        id == ID,
        false,
        nullable,
        false,
        false,
        dimension,
        type == DataType.VARCHAR ? 200 : 0,
        null,
        Map.of());
  }

  public static IndexDefinition index(long id, IndexType type, Map<String, String> parameters) {
    return new IndexDefinition(id, VECTOR, "vector", "vector_idx", type, Metric.L2, parameters);
  }

  /** The collection as the lake has it now. */
  public CollectionInfo now() {
    return lake.collectionById(books.id()).orElseThrow();
  }

  public LakeTable table() {
    return lake.table(books);
  }

  public List<SegmentIndex> registered() {
    return lake.registry().list(books.id());
  }

  public static float[] vector(long key) {
    Random random = new Random(key);
    float[] vector = new float[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return vector;
  }

  public static String text(long key) {
    return "book " + key;
  }

  /** Rows with a text and a vector but without the other one. */
  public void insert(long firstKey, int count) {
    write(firstKey, count, false, "");
  }

  /** The same, with another text. */
  public void upsert(long firstKey, int count, String suffix) {
    write(firstKey, count, true, suffix);
  }

  private void write(long firstKey, int count, boolean upsert, String suffix) {
    ColumnBuilder keys = new ColumnBuilder(DataType.INT64, 0);
    ColumnBuilder texts = new ColumnBuilder(DataType.VARCHAR, 0);
    ColumnBuilder vectors = new ColumnBuilder(DataType.FLOAT_VECTOR, DIMENSION);
    for (long key = firstKey; key < firstKey + count; key++) {
      keys.append(key);
      texts.append(text(key) + suffix);
      vectors.append(vector(key));
    }
    Map<Integer, Column> columns =
        Map.of(ID, keys.build(), TEXT, texts.build(), VECTOR, vectors.build());
    long timestamp = tick();
    commit(
        new LogRecord.Insert(
            timestamp,
            books.id(),
            0,
            Partition.DEFAULT_NAME,
            1,
            upsert,
            new EntityBatch(count, columns)));
  }

  public void delete(long firstKey, int count) {
    ColumnBuilder keys = new ColumnBuilder(DataType.INT64, 0);
    for (long key = firstKey; key < firstKey + count; key++) {
      keys.append(key);
    }
    commit(new LogRecord.Delete(tick(), books.id(), 0, "", keys.build()));
  }

  private synchronized long tick() {
    return ++clock;
  }

  private synchronized void commit(LogRecord.Channel record) {
    LakeTable table = lake.table(books);
    NetChange change = NetEffect.of(List.of(record), SCHEMA);
    SegmentFileWriter.Written written = SegmentFileWriter.write(table, 0, change, 1L << 30);
    new LogSnapshotCommitter()
        .commit(
            table,
            0,
            table.position(0),
            record.timestamp(),
            written.dataFiles(),
            written.deleteFiles(),
            List.of());
  }

  public JobReport run(MaintenanceJob job, Map<String, String> options) throws Exception {
    return run(job, options, JobProgress.SILENT);
  }

  public JobReport run(MaintenanceJob job, Map<String, String> options, JobProgress progress)
      throws Exception {
    Map<String, String> given = new TreeMap<>(options);
    JobRequest request = new JobRequest("test", job.kind(), books.id(), given, "user");
    return job.run(
        new JobContext(
            request, config, null, StreamExecutionEnvironment::getExecutionEnvironment, progress));
  }

  @Override
  public void close() {
    lake.close();
  }
}
