package io.tidemark.tests.benchmark.growth;

import com.google.gson.JsonObject;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.benchmark.ProcessUsage;
import io.tidemark.tests.benchmark.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-growth}: one benchmark at several sizes, one of rows, segments and
 * collections growing at a time. One JSON line per size.
 */
@Command(
    name = "tidemark bench-growth",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a running Tidemark at several sizes: rows in one collection, then a fixed number of rows in several segments,",
      "then in several collections. Vectors are made, with a known intrinsic dimension and exact answers. A segment is a",
      "partition. Prints one JSON line per size; bench-growth-page makes pictures of them.",
    })
public final class GrowthBenchCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final int BATCH = 1_000;
  private static final int WAIT_MINUTES = 30;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory of the running Tidemark (default: ./data)")
  private Path data = Path.of("data");

  @Option(
      names = "--rows",
      paramLabel = "N",
      split = ",",
      defaultValue = "10000,100000,1000000",
      description = "rows of one collection (default: 10000,100000,1000000)")
  private List<Integer> rows = List.of();

  @Option(
      names = "--segments",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,10,100",
      description = "segments that --fixed-rows are spread over (default: 1,10,100)")
  private List<Integer> segments = List.of();

  @Option(
      names = "--collections",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,10,100",
      description = "collections that --fixed-rows are spread over (default: 1,10,100)")
  private List<Integer> collections = List.of();

  @Option(
      names = "--fixed-rows",
      paramLabel = "N",
      defaultValue = "100000",
      description = "rows where segments or collections grow (default: 100000)")
  private int fixedRows = 100_000;

  @Option(names = "--dim", defaultValue = "128", description = "dimension (default: 128)")
  private int dimension = 128;

  @Option(
      names = "--intrinsic",
      paramLabel = "N",
      defaultValue = "20",
      description = "independent coordinates of the vectors (default: 20)")
  private int intrinsic = 20;

  @Option(names = "--queries", defaultValue = "200", description = "(default: 200)")
  private int queries = 200;

  @Option(names = "--rounds", defaultValue = "5", description = "over all queries (default: 5)")
  private int rounds = 5;

  private GrowthBenchCommand() {}

  /** One size. */
  private record Size(String grows, int rows, int segments, int collections) {
    int rowsEach() {
      return rows / collections;
    }
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GrowthBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<Size> sizes = new ArrayList<>();
    collections.forEach(number -> sizes.add(new Size("collections", fixedRows, 1, number)));
    segments.forEach(number -> sizes.add(new Size("segments", fixedRows, number, 1)));
    rows.forEach(number -> sizes.add(new Size("rows", number, 1, 1)));
    PlantedVectors vectors = new PlantedVectors(dimension, intrinsic, 1);
    // For the compilers of both; not told.
    measure(vectors, new Size("nothing", fixedRows, 1, 1));
    for (Size size : sizes) {
      if (size.rows() % (size.collections() * size.segments()) != 0) {
        throw new IllegalArgumentException(
            size.rows() + " rows can't be spread evenly over " + size);
      }
      out.println(measure(vectors, size));
      out.flush();
    }
    return 0;
  }

  private JsonObject measure(PlantedVectors vectors, Size size) throws Exception {
    ProcessUsage usage =
        new ProcessUsage(Long.parseLong(Files.readString(data.resolve("run/pid")).trim()));
    List<Target> targets = new ArrayList<>();
    try {
      for (int i = 0; i < size.collections(); i++) {
        targets.add(new Target(address("grpc"), "growth_" + i));
      }
      JsonObject figures = new JsonObject();
      figures.addProperty("grows", size.grows());
      figures.addProperty("rows", size.rows());
      figures.addProperty("segments", size.segments());
      figures.addProperty("collections", size.collections());
      figures.addProperty("dim", dimension);
      figures.addProperty("intrinsic", intrinsic);
      fill(vectors, size, targets, usage, figures);
      search(vectors, size, targets, usage, figures);
      figures.addProperty("rss_mb", Math.round(usage.serverRssMb()));
      figures.addProperty("loaded_mb", Math.round(metric("tidemark_loaded_bytes") / (1 << 20)));
      figures.addProperty("loaded_segments", Math.round(metric("tidemark_loaded_segments")));
      return figures;
    } finally {
      for (Target target : targets) {
        target.drop();
        target.close();
      }
    }
  }

  private void fill(
      PlantedVectors vectors,
      Size size,
      List<Target> targets,
      ProcessUsage usage,
      JsonObject figures)
      throws InterruptedException {
    int each = size.rowsEach() / size.segments();
    for (Target target : targets) {
      target.create(dimension, "L2", "AUTOINDEX");
      for (int segment = 0; segment < size.segments(); segment++) {
        target.createPartition("p" + segment);
      }
    }
    long start = System.nanoTime();
    int row = 0;
    for (Target target : targets) {
      for (int segment = 0; segment < size.segments(); segment++) {
        for (int end = row + each; row < end; row += Math.min(BATCH, end - row)) {
          target.insert(row, Math.min(end, row + BATCH), vectors::row, any -> 0, "p" + segment);
        }
      }
    }
    double ingest = (System.nanoTime() - start) / 1e9;
    double cpu = usage.serverCpuSeconds();
    start = System.nanoTime();
    flush(targets);
    figures.addProperty("ingest_rows_s", Math.round(size.rows() / ingest));
    figures.addProperty("commit_s", rounded((System.nanoTime() - start) / 1e9));
    for (Target target : targets) {
      awaitIndex(target, size.rowsEach());
    }
    figures.addProperty("build_s", rounded((System.nanoTime() - start) / 1e9));
    figures.addProperty("build_cpu_s", rounded(usage.serverCpuSeconds() - cpu));
  }

  /** All at once, as several clients would. */
  private static void flush(List<Target> targets) throws InterruptedException {
    List<Future<?>> flushes = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      targets.forEach(target -> flushes.add(clients.submit(target::flush)));
      for (Future<?> flush : flushes) {
        flush.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a flush failed: " + e.getCause(), e);
    }
  }

  private static void awaitIndex(Target target, int rows) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(WAIT_MINUTES);
    long[] indexed = target.indexed();
    while (indexed[0] < indexed[1] || indexed[1] < rows) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "after %d minutes %d of %d rows are indexed"
                .formatted(WAIT_MINUTES, indexed[0], indexed[1]));
      }
      TimeUnit.MILLISECONDS.sleep(100);
      indexed = target.indexed();
    }
  }

  /** Query i goes to collection i, i + collections, and so on: each is searched as often. */
  private void search(
      PlantedVectors vectors,
      Size size,
      List<Target> targets,
      ProcessUsage usage,
      JsonObject figures) {
    long found = 0;
    float[][] asked = new float[queries][];
    for (int i = 0; i < queries; i++) {
      asked[i] = vectors.query(i);
    }
    for (int c = 0; c < targets.size(); c++) {
      long first = (long) c * size.rowsEach();
      long[][] truth = vectors.nearest(first, first + size.rowsEach(), queries, K);
      for (int i = c; i < queries; i += targets.size()) {
        found += common(hits(targets.get(c), asked[i]), truth[i]);
      }
    }
    double[] micros = new double[rounds * queries];
    double cpu = 0;
    for (int round = -rounds; round < rounds; round++) {
      double before = usage.cpuSeconds();
      for (int i = 0; i < queries; i++) {
        long start = System.nanoTime();
        hits(targets.get(i % targets.size()), asked[i]);
        if (round >= 0) {
          micros[round * queries + i] = (System.nanoTime() - start) / 1e3;
        }
      }
      cpu += round >= 0 ? usage.cpuSeconds() - before : 0;
    }
    Arrays.sort(micros);
    figures.addProperty("recall10", rounded(found / (double) (queries * K)));
    figures.addProperty("p50_us", Math.round(micros[micros.length / 2]));
    figures.addProperty("p99_us", Math.round(micros[micros.length * 99 / 100]));
    figures.addProperty("cpu_us", Math.round(cpu * 1e6 / micros.length));
  }

  private static List<SearchResp.SearchResult> hits(Target target, float[] query) {
    return target.search(query, K, 100, Map.of(), ConsistencyLevel.BOUNDED);
  }

  private static int common(List<SearchResp.SearchResult> hits, long[] truth) {
    int common = 0;
    for (SearchResp.SearchResult hit : hits) {
      long row = (Long) hit.getId();
      common += Arrays.stream(truth).anyMatch(wanted -> wanted == row) ? 1 : 0;
    }
    return common;
  }

  /** A figure of the server's, without labels. */
  private double metric(String name) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + address("http") + "/metrics")).build();
      String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return answer
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow(() -> new IOException("the server has no metric " + name));
    }
  }

  private String address(String of) throws IOException {
    return Files.readString(data.resolve("run").resolve(of)).trim();
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
