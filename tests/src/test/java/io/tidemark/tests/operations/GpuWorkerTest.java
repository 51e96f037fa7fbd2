package io.tidemark.tests.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.connectors.lake.SegmentFileWriter;
import io.tidemark.engine.window.NetEffect;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.standalone.jobs.JobJar;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index job asks a real Flink cluster for a GPU, is given it, and builds on it. */
class GpuWorkerTest {
  private static final Path EMULATED_GPU =
      Path.of("..", "operators", "gpu", "target", "native", "emulated", "libtidemark_gpu.so")
          .toAbsolutePath()
          .normalize();
  private static final int ROWS = 600;
  private static final int DIMENSION = 4;
  private static final int ID = 100;
  private static final int VECTOR = 101;

  @Test
  void theJobBuildsOnTheGpuOfTheOneWorkerThatHasOne(@TempDir Path folder) throws Exception {
    assumeTrue(
        Runtime.version().feature() >= 25, "graphs are built in native code from Java 25 on");
    assumeTrue(
        Files.exists(EMULATED_GPU),
        "no emulated GPU was built: it needs Linux on x86-64, make, and a g++ that has _Float16");
    LakeConfig config =
        LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    try (Lake lake = Lake.open(config)) {
      CollectionInfo books = books();
      lake.createCollection(books);
      write(lake.table(books), books);
      Path jar = folder.resolve("tidemark-jobs.jar");
      JobJar.writeThin(
          jar,
          folder.resolve("lib"),
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
              .map(Path::of)
              .toList());
      try (GpuWorker worker = new GpuWorker(folder, EMULATED_GPU)) {
        worker.run(
            List.of(
                "-c",
                "io.tidemark.jobs.index.IndexJob",
                jar.toString(),
                "--catalog",
                "jdbc:sqlite:" + folder.resolve("catalog.db"),
                "--warehouse",
                "file://" + folder.resolve("warehouse"),
                "--collection",
                "books",
                "--force",
                "true",
                "--index-rows-min",
                "500",
                "--threads",
                "2",
                "--gpu",
                "true"));
        assertThat(lake.registry().list(books.id()))
            .singleElement()
            .satisfies(
                index -> assertThat(index.builder()).as(worker.workerLog()).isEqualTo("gpu"));
        assertThat(worker.workerLog()).containsOnlyOnce("graphs are built");
      }
    }
  }

  private static CollectionInfo books() {
    return new CollectionInfo(
        1_000,
        "default",
        "books",
        new CollectionSchema(
            "",
            false,
            1,
            List.of(
                field(ID, "id", DataType.INT64, true, 0),
                field(VECTOR, "vector", DataType.FLOAT_VECTOR, false, DIMENSION))),
        List.of(0),
        ConsistencyLevel.STRONG,
        1_000,
        1_000,
        List.of(),
        List.of(
            new IndexDefinition(
                7, VECTOR, "vector", "vector", IndexType.HNSW, Metric.L2, Map.of())),
        Map.of());
  }

  private static FieldSchema field(
      int id, String name, DataType type, boolean primary, int dimension) {
    return new FieldSchema(
        id, name, type, "", primary, false, false, false, false, dimension, 0, null, Map.of());
  }

  private static void write(LakeTable table, CollectionInfo books) throws Exception {
    Random random = new Random(12);
    ColumnBuilder keys = new ColumnBuilder(books.schema().primaryKey());
    ColumnBuilder vectors = new ColumnBuilder(books.schema().fields().get(1));
    for (long id = 0; id < ROWS; id++) {
      keys.append(id);
      float[] vector = new float[DIMENSION];
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] = (float) random.nextGaussian();
      }
      vectors.append(vector);
    }
    LogRecord.Channel rows =
        new LogRecord.Insert(
            1_001,
            books.id(),
            0,
            "_default",
            1,
            false,
            new EntityBatch(ROWS, Map.of(ID, keys.build(), VECTOR, vectors.build())));
    SegmentFileWriter.Written written =
        SegmentFileWriter.write(table, 0, NetEffect.of(List.of(rows), books.schema()), 1L << 30);
    new LogSnapshotCommitter()
        .commit(
            table,
            0,
            table.position(0),
            rows.timestamp(),
            written.dataFiles(),
            written.deleteFiles(),
            List.of());
  }
}
