package io.tidemark.jobs.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.connectors.lake.SegmentFileWriter;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.graph.GraphIndexReader;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.engine.window.NetEffect;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobReport;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
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
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.puffin.PuffinBlob;
import io.tidemark.stores.puffin.PuffinReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class IndexJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setConfiguration(
                  new Configuration()
                      .set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, Duration.ofSeconds(3)))
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final int DIMENSION = 16;
  private static final int ID = 100;
  private static final int VECTOR = 101;
  private static final CollectionSchema SCHEMA =
      new CollectionSchema(
          "",
          false,
          1,
          List.of(
              new FieldSchema(
                  ID,
                  "id",
                  DataType.INT64,
                  "",
                  true,
                  false,
                  false,
                  false,
                  false,
                  0,
                  0,
                  null,
                  Map.of()),
              new FieldSchema(
                  VECTOR,
                  "vector",
                  DataType.FLOAT_VECTOR,
                  "",
                  false,
                  false,
                  false,
                  false,
                  false,
                  DIMENSION,
                  0,
                  null,
                  Map.of())));

  @TempDir Path folder;
  private LakeConfig lakeConfig;
  private Lake lake;
  private long clock = 1_000;

  @BeforeEach
  void open() {
    lakeConfig = LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    lake = Lake.open(lakeConfig);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void a_segment_of_two_files_is_built_registered_once_and_finds_its_rows() throws Exception {
    CollectionInfo books = create(definition(7, Metric.L2));
    write(books, 0, 1000);
    write(books, 1000, 1200);
    write(books, 2200, 100);
    assertThat(run(books, false)).isEqualTo(1);
    List<SegmentIndex> registered = lake.registry().list(books.id());
    assertThat(registered).hasSize(1);
    SegmentIndex index = registered.getFirst();
    assertThat(index.sources())
        .extracting(SegmentIndex.SourceFile::rows)
        .containsExactly(1000L, 1200L);
    assertThat(index.file()).startsWith(lake.indexPrefix() + "/" + books.id() + "/");
    assertThat(PuffinReader.checksum(path(index))).isEqualTo(index.checksum());
    assertFindsItself(books, index);
    assertThat(run(books, true)).as("the rest is below the least number of rows").isZero();
  }

  @Test
  void a_gpu_asked_of_a_cluster_without_one_leaves_the_build_to_the_cpu() throws Exception {
    CollectionInfo books = create(definition(7, Metric.L2));
    write(books, 0, 1000);
    assertThat(run(books, true, "true")).isEqualTo(1);
    assertThat(lake.registry().list(books.id()).getFirst().builder()).isEqualTo("cpu");
  }

  @Test
  void rows_deleted_before_the_build_are_not_in_the_index() throws Exception {
    CollectionInfo books = create(definition(7, Metric.L2));
    write(books, 0, 1000);
    ColumnBuilder keys = new ColumnBuilder(DataType.INT64, 0);
    for (long key = 0; key < 100; key++) {
      keys.append(key);
    }
    commit(books, new LogRecord.Delete(++clock, books.id(), 0, "", keys.build()));
    assertThat(run(books, true)).isEqualTo(1);
    SegmentIndex index = lake.registry().list(books.id()).getFirst();
    assertThat(PuffinReader.open(path(index)).blobs().getFirst().properties())
        .containsEntry("rows", "1000")
        .containsEntry("nodes", "900");
  }

  @Test
  void an_index_defined_anew_is_built_beside_the_old_one_on_the_same_segment() throws Exception {
    CollectionInfo books = create(definition(7, Metric.L2));
    write(books, 0, 1000);
    run(books, true);
    SegmentIndex old = lake.registry().list(books.id()).getFirst();
    lake.updateCollection(
        lake.collectionById(books.id())
            .orElseThrow()
            .withIndexes(List.of(definition(8, Metric.COSINE))));
    assertThat(run(books, false)).isEqualTo(1);
    assertThat(lake.registry().list(books.id()))
        .filteredOn(index -> index.indexId() == 8)
        .singleElement()
        .satisfies(index -> {
          assertThat(index.segmentId()).isEqualTo(old.segmentId());
          assertThat(index.version()).isEqualTo(2);
          assertThat(index.metric()).isEqualTo(Metric.COSINE);
        });
  }

  @Test
  void what_became_useless_during_the_build_is_not_registered_and_its_file_is_removed()
      throws Exception {
    CollectionInfo books = create(definition(7, Metric.L2));
    write(books, 0, 1000);
    run(books, true);
    SegmentIndex index = lake.registry().list(books.id()).getFirst();
    assertThat(IndexCommitter.commit(lake, List.of(index))).as("registered already").isZero();
    assertThat(path(index)).exists();
    Path other = path(index).resolveSibling("other.puffin");
    Files.copy(path(index), other);
    SegmentIndex rival =
        new SegmentIndex(
            99,
            books.id(),
            index.partition(),
            index.shard(),
            index.sources(),
            VECTOR,
            7,
            IndexType.HNSW,
            Metric.L2,
            Map.of(),
            1,
            other.toUri().toString(),
            1,
            1,
            "cpu",
            1,
            1);
    assertThat(IndexCommitter.commit(lake, List.of(rival)))
        .as("its files are in another segment")
        .isZero();
    assertThat(other).doesNotExist();
    assertThat(lake.registry().list(books.id())).hasSize(1);
  }

  @Test
  void a_build_killed_at_any_moment_leaves_the_old_index_and_no_half_one() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("IndexJobTest seed=" + seed);
    Random random = new Random(seed);
    CollectionInfo books = create(definition(7, Metric.L2));
    write(books, 0, 1000);
    run(books, true);
    SegmentIndex old = lake.registry().list(books.id()).getFirst();
    write(books, 1000, 3000);
    for (int round = 0; round < Integer.getInteger("faults.rounds", 5); round++) {
      Thread build =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  run(books, true);
                } catch (Exception e) {
                  System.err.println("IndexJobTest build killed: " + e);
                }
              });
      Thread.sleep(random.nextInt(600));
      build.interrupt();
      build.join();
      List<SegmentIndex> registered = lake.registry().list(books.id());
      assertThat(registered).as("the old index serves, seed %d", seed).contains(old);
      for (SegmentIndex index : registered) {
        assertThat(PuffinReader.checksum(path(index)))
            .as("a registered index is whole, seed %d", seed)
            .isEqualTo(index.checksum());
      }
    }
    run(books, true);
    List<SegmentIndex> registered = lake.registry().list(books.id());
    assertThat(registered).hasSize(2).contains(old);
    assertFindsItself(books, registered.getLast());
  }

  private int run(CollectionInfo collection, boolean forced) throws Exception {
    return run(collection, forced, "auto");
  }

  private int run(CollectionInfo collection, boolean forced, String gpu) throws Exception {
    JobRequest request =
        new JobRequest(
            "test",
            JobKind.INDEX,
            collection.id(),
            Map.of(
                "force",
                String.valueOf(forced),
                "threads",
                "2",
                "segment-rows",
                "2000",
                "index-rows-min",
                "500",
                "gpu",
                gpu),
            "user");
    JobReport report =
        new IndexJob()
            .run(
                new JobContext(
                    request,
                    lakeConfig,
                    null,
                    StreamExecutionEnvironment::getExecutionEnvironment,
                    JobProgress.SILENT));
    return Integer.parseInt(report.figures().get("segments_indexed"));
  }

  private void assertFindsItself(CollectionInfo books, SegmentIndex index) throws Exception {
    LakeTable table = lake.table(books);
    List<FloatVectors> parts = new ArrayList<>();
    for (SegmentIndex.SourceFile source : index.sources()) {
      LakeFile file =
          table.snapshot().files().stream()
              .filter(f -> f.path().equals(source.path()))
              .findFirst()
              .orElseThrow();
      parts.add(
          FloatVectors.of(
              (FloatVectorColumn) table.read(file).batch().column(VECTOR).orElseThrow()));
    }
    FloatVectors vectors = (FloatVectors) Vectors.concat(parts);
    PuffinBlob blob = PuffinReader.open(path(index)).blobs().getFirst();
    try (VectorIndex graph =
        GraphIndexReader.open(
            path(index),
            blob.offset(),
            blob.length(),
            blob.properties(),
            vectors,
            index.metric())) {
      int found = 0;
      for (int row = 0; row < vectors.size(); row += 10) {
        TopK best = new TopK(1, index.metric());
        graph.search(vectors.query(row), 1, SearchParameters.DEFAULT, null, best);
        found += best.drain().ordinals()[0] == row ? 1 : 0;
      }
      assertThat(found).isGreaterThan(vectors.size() / 10 * 95 / 100);
    }
  }

  private static Path path(SegmentIndex index) {
    return Path.of(index.file().replaceFirst("^file:/+", "/"));
  }

  private static IndexDefinition definition(long id, Metric metric) {
    return new IndexDefinition(id, VECTOR, "vector", "vector", IndexType.HNSW, metric, Map.of());
  }

  private CollectionInfo create(IndexDefinition definition) {
    CollectionInfo info =
        new CollectionInfo(
            1_000,
            "default",
            "books",
            SCHEMA,
            List.of(0),
            ConsistencyLevel.STRONG,
            1_000,
            1_000,
            List.of(),
            List.of(definition),
            Map.of());
    lake.createCollection(info);
    return info;
  }

  private void write(CollectionInfo collection, long firstKey, int count) {
    Random random = new Random(firstKey);
    ColumnBuilder keys = new ColumnBuilder(SCHEMA.primaryKey());
    ColumnBuilder vectors = new ColumnBuilder(SCHEMA.fields().get(1));
    for (int i = 0; i < count; i++) {
      keys.append(firstKey + i);
      float[] vector = new float[DIMENSION];
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] = (float) random.nextGaussian();
      }
      vectors.append(vector);
    }
    EntityBatch rows = new EntityBatch(count, Map.of(ID, keys.build(), VECTOR, vectors.build()));
    commit(
        collection, new LogRecord.Insert(++clock, collection.id(), 0, "_default", 1, false, rows));
  }

  private void commit(CollectionInfo collection, LogRecord.Channel record) {
    LakeTable table = lake.table(collection);
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
}
