package io.tidemark.tests.benchmark;

import io.tidemark.jobs.compact.CompactJob;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.run.JobContext;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.jobs.run.JobRequest;
import io.tidemark.jobs.run.MaintenanceJob;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-compact}: how fast one core compacts, beside reading the same files with
 * Iceberg and writing them again, one JSON line per round.
 */
@Command(
    name = "tidemark bench-compact",
    mixinStandardHelpOptions = true,
    description = "Merges small files of one table, and copies the same rows plainly.")
public final class CompactBenchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--rows", defaultValue = "100000", description = "in all (default: 100000)")
  private int rows = 100_000;

  @Option(names = "--files", defaultValue = "20", description = "before (default: 20)")
  private int files = 20;

  @Option(names = "--dim", defaultValue = "128", description = "of the vectors (default: 128)")
  private int dimension = 128;

  @Option(names = "--rounds", defaultValue = "5", description = "how often (default: 5)")
  private int rounds = 5;

  @Option(names = "--cluster", description = "sort the rows by a field")
  private boolean cluster;

  @Option(names = "--index", description = "then build an HNSW index of them, in one thread")
  private boolean index;

  /** Runs one benchmark. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CompactBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path folder = Files.createTempDirectory("tidemark-bench-compact");
    LakeConfig config =
        LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"));
    try (Lake lake = Lake.open(config)) {
      for (int round = 1; round <= rounds; round++) {
        CollectionInfo collection = collection(round);
        lake.createCollection(collection);
        LakeTable table = lake.table(collection);
        fill(table.iceberg());
        table.refresh();
        List<LakeFile> small = table.snapshot().files();
        double bytes = small.stream().mapToLong(LakeFile::bytes).sum();
        long start = System.nanoTime();
        copy(table.iceberg(), small);
        double copied = seconds(start);
        start = System.nanoTime();
        run(new CompactJob(), config, collection, Map.of("force", "true"));
        double compacted = seconds(start);
        table.refresh();
        double indexed = index ? index(lake, config, collection) : Double.NaN;
        out.printf(
            Locale.ROOT,
            "{\"round\":%d,\"rows\":%d,\"dim\":%d,\"files\":%d,\"files_after\":%d,"
                + "\"mb\":%.1f,\"copy_rows_per_s\":%.0f,\"copy_mb_per_s\":%.1f,"
                + "\"compact_rows_per_s\":%.0f,\"compact_mb_per_s\":%.1f%s}%n",
            round,
            rows,
            dimension,
            small.size(),
            table.snapshot().files().size(),
            bytes / 1e6,
            rows / copied,
            bytes / 1e6 / copied,
            rows / compacted,
            bytes / 1e6 / compacted,
            index
                ? String.format(
                    Locale.ROOT,
                    ",\"index_rows_per_s\":%.0f,\"index_mb_per_s\":%.1f",
                    rows / indexed,
                    bytes / 1e6 / indexed)
                : "");
        out.flush();
        lake.dropCollection(collection);
      }
    }
    return 0;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private CollectionInfo collection(int round) {
    CollectionSchema schema =
        new CollectionSchema(
            "",
            false,
            1,
            List.of(
                PlainField.key(100, "id"),
                PlainField.of(101, "text", DataType.VARCHAR),
                PlainField.vector(102, "vector", dimension)));
    return new CollectionInfo(
        round,
        CollectionInfo.DEFAULT_DATABASE,
        "round" + round,
        schema,
        List.of(0),
        ConsistencyLevel.STRONG,
        1,
        1,
        List.of(new Partition(1, Partition.DEFAULT_NAME, 1)),
        List.of(),
        cluster ? Map.of("clustering.key", "text") : Map.of());
  }

  private void fill(Table table) {
    Random random = new Random(7);
    for (int file = 0; file < files; file++) {
      int first = (int) ((long) rows * file / files);
      int end = (int) ((long) rows * (file + 1) / files);
      List<Record> some =
          IntStream.range(first, end).mapToObj(key -> row(table, key, random)).toList();
      table.newAppend().appendFile(RecordFiles.writeData(table, some)).commit();
    }
  }

  private Record row(Table table, int key, Random random) {
    Record row = GenericRecord.create(table.schema());
    List<Float> vector = new ArrayList<>(dimension);
    for (int d = 0; d < dimension; d++) {
      vector.add((float) random.nextGaussian());
    }
    row.setField("id", (long) key);
    row.setField("text", "row " + random.nextInt(rows));
    row.setField("vector", vector);
    row.setField("__ts", HybridTimestamp.ofMillis(1_700_000_000_000L) + key);
    row.setField("__shard", 0);
    row.setField("__partition", Partition.DEFAULT_NAME);
    return row;
  }

  /** What any compaction has to do at least, with Iceberg's own reader and writer. */
  private static void copy(Table table, List<LakeFile> small) throws IOException {
    DataWriter<Record> writer = RecordFiles.dataWriter(table, table.schema());
    try (writer) {
      for (LakeFile file : small) {
        try (CloseableIterable<Record> rows =
            RecordFiles.read(
                table.io().newInputFile(file.path()), FileFormat.PARQUET, table.schema())) {
          rows.forEach(writer::write);
        }
      }
    }
    DataFile written = writer.toDataFile();
    table.io().deleteFile(written.location());
  }

  private static double index(Lake lake, LakeConfig config, CollectionInfo collection)
      throws Exception {
    IndexDefinition definition =
        new IndexDefinition(
            collection.id(),
            102,
            "vector",
            IndexDefinition.DEFAULT_NAME,
            IndexType.HNSW,
            Metric.L2,
            Map.of("M", "16", "efConstruction", "100"));
    lake.updateCollection(collection.withIndexes(List.of(definition)));
    long start = System.nanoTime();
    run(new IndexJob(), config, collection, Map.of("force", "true", "threads", "1"));
    return seconds(start);
  }

  private static void run(
      MaintenanceJob job, LakeConfig config, CollectionInfo collection, Map<String, String> options)
      throws Exception {
    JobRequest request = new JobRequest("bench", job.kind(), collection.id(), options, "user");
    job.run(
        new JobContext(
            request,
            config,
            null,
            () -> StreamExecutionEnvironment.createLocalEnvironment(1),
            JobProgress.SILENT));
  }
}
