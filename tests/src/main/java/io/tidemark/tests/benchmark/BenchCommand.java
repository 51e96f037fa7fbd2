package io.tidemark.tests.benchmark;

import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.service.vector.response.SearchResp;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
 * {@code tidemark bench}: ingest, build, search and freshness of a dataset, one JSON line per
 * setting.
 */
@Command(
    name = "tidemark bench",
    mixinStandardHelpOptions = true,
    version = "tidemark 0.1.0",
    description = {
      "Measures a Milvus-protocol server with a dataset folder (base, query, gt.ivecs, attr.u8, gt_fS.ivecs) through the stock Java SDK.",
      "Prints one JSON line per setting; search figures are the median of --rounds rounds.",
    })
public final class BenchCommand implements Callable<Integer> {
  static final String COLLECTION = "benchmark";

  private static final int K = 10;
  private static final int FRESHNESS_WARM_UP = 100;
  private static final int FRESHNESS_ROUNDS = 300;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      required = true,
      description = "the dataset's folder")
  private Path folder = Path.of(".");

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "where the server is (default: 127.0.0.1)")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "19530",
      description = "its gRPC port (default: 19530)")
  private int port = 19_530;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "the server's data directory if it runs on this machine: adds its CPU, RSS and disk")
  private @Nullable Path data;

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      defaultValue = "0",
      description = "the server's process, if --data does not tell")
  private long serverPid;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "L2",
      description = "L2, IP or COSINE (default: L2)")
  private String metric = "L2";

  @Option(
      names = "--index",
      paramLabel = "NAME",
      defaultValue = "AUTOINDEX",
      description = "AUTOINDEX, HNSW or FLAT (default: AUTOINDEX)")
  private String index = "AUTOINDEX";

  @Option(
      names = "--ef",
      paramLabel = "N",
      split = ",",
      defaultValue = "0",
      description = "search efforts to try, 0 for the default (default: 0)")
  private List<Integer> efforts = List.of(0);

  @Option(
      names = "--filters",
      paramLabel = "PERCENT",
      split = ",",
      defaultValue = "100,50,10,1",
      description = "percent of rows that pass (default: 100,50,10,1)")
  private List<Integer> filters = List.of(100, 50, 10, 1);

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2",
      description = "client threads to try (default: 1,2)")
  private List<Integer> threads = List.of(1, 2);

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1000",
      description = "rows an insert (default: 1000)")
  private int batch = 1_000;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "rounds over all queries (default: 5)")
  private int rounds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "searches before the first round, for the compilers of both (default: 10)")
  private int warmUp = 10;

  @Option(
      names = "--writes",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "rows a second that are written anew, as they are, while searches run (default: 0)")
  private int writes;

  @Option(names = "--skip-freshness", description = "insert no more rows after the searches")
  private boolean skipFreshness;

  @Option(names = "--skip-ingest", description = "use the collection as the last run left it")
  private boolean skipIngest;

  private BenchCommand() {}

  public static void main(String[] arguments) {
    CommandLine line =
        new CommandLine(new BenchCommand())
            .setExecutionExceptionHandler((e, command, result) -> {
              command
                  .getErr()
                  .println(
                      "tidemark bench: "
                          + (e.getMessage() == null ? e.toString() : e.getMessage()));
              return 1;
            });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
    Dataset dataset = Dataset.read(folder);
    ProcessUsage usage = new ProcessUsage(pid());
    try (Target target = new Target(address(), COLLECTION)) {
      if (!skipIngest) {
        print(out, ingest(dataset, target, usage));
        print(out, build(dataset, target, usage));
      }
      for (int ef : efforts) {
        for (int percent : filters) {
          if (dataset.hasTruth(percent)) {
            for (int clients : threads) {
              print(out, search(dataset, target, usage, ef, percent, clients));
            }
          }
        }
      }
      if (!skipFreshness) {
        print(out, freshness(dataset, target, usage));
      }
    }
    return 0;
  }

  private String address() {
    return host + ":" + port;
  }

  private long pid() throws IOException {
    if (data == null || serverPid != 0) {
      return serverPid;
    }
    return Long.parseLong(Files.readString(data.resolve("run").resolve("pid")).trim());
  }

  private static void print(PrintWriter out, Figures figures) {
    out.println(figures.toJson());
    out.flush();
  }

  private Figures figures(Dataset dataset, ProcessUsage usage, String phase) {
    return new Figures()
        .put("dataset", dataset.name())
        .put("rows", dataset.base().length)
        .put("dim", dataset.dimension())
        .put("phase", phase)
        .put("rss_mb", usage.serverRssMb())
        .put("disk_mb", data == null ? Double.NaN : ProcessUsage.folderMb(data));
  }

  private Figures ingest(Dataset dataset, Target target, ProcessUsage usage) {
    target.create(dataset.dimension(), metric, index);
    double cpu = usage.cpuSeconds();
    long start = System.nanoTime();
    for (int from = 0; from < dataset.base().length; from += batch) {
      target.insert(dataset, from, Math.min(from + batch, dataset.base().length));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return figures(dataset, usage, "ingest")
        .put("params", "batch=" + batch)
        .put("threads", 1)
        .put("rows_per_s", dataset.base().length / seconds)
        .put("secs", seconds)
        .put("cpu_s", usage.cpuSeconds() - cpu);
  }

  /** How soon a row is visible: an insert of one, then a Strong search that must find it. */
  private Figures freshness(Dataset dataset, Target target, ProcessUsage usage) {
    double[] micros = new double[FRESHNESS_ROUNDS];
    for (int i = -FRESHNESS_WARM_UP; i < micros.length; i++) {
      int row = (i + FRESHNESS_WARM_UP) % dataset.base().length;
      long from = System.nanoTime();
      target.insert(dataset, row, row + 1);
      if (target.search(dataset.base()[row], 1, 100, Map.of(), ConsistencyLevel.STRONG).isEmpty()) {
        throw new IllegalStateException("a Strong search right after the insert found nothing");
      }
      if (i >= 0) {
        micros[i] = (System.nanoTime() - from) / 1e3;
      }
    }
    Arrays.sort(micros);
    return figures(dataset, usage, "search")
        .put("params", "freshness: insert one row, then a Strong search")
        .put("threads", 1)
        .put("p50_us", micros[micros.length / 2])
        .put("p99_us", micros[micros.length * 99 / 100]);
  }

  private Figures build(Dataset dataset, Target target, ProcessUsage usage)
      throws InterruptedException {
    double cpu = usage.serverCpuSeconds();
    long start = System.nanoTime();
    target.flush();
    long deadline = start + TimeUnit.MINUTES.toNanos(30);
    long[] indexed = target.indexed();
    while (indexed[0] < indexed[1] || indexed[1] < dataset.base().length) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "after 30 minutes only " + indexed[0] + " of " + indexed[1] + " rows are indexed");
      }
      TimeUnit.MILLISECONDS.sleep(200);
      indexed = target.indexed();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return figures(dataset, usage, "build")
        .put("params", index)
        .put("rows_per_s", dataset.base().length / seconds)
        .put("secs", seconds)
        .put("cpu_s", usage.serverCpuSeconds() - cpu);
  }

  private Figures search(
      Dataset dataset, Target target, ProcessUsage usage, int ef, int percent, int clients)
      throws Exception {
    Map<String, Object> params = ef == 0 ? Map.of() : Map.of("ef", ef);
    double recall = recall(dataset, target, params, percent);
    double[] qps = new double[rounds];
    double[] cpuMicros = new double[rounds];
    double[] serverMicros = new double[rounds];
    List<long[]> latencies = new ArrayList<>();
    Writer writer = writes == 0 ? null : Writer.start(dataset, address(), writes);
    long warmAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmUp);
    while (System.nanoTime() < warmAt) {
      pass(dataset, target, params, percent);
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(clients)) {
      for (int round = 0; round < rounds; round++) {
        double cpu = usage.cpuSeconds();
        double serverCpu = usage.serverCpuSeconds();
        long start = System.nanoTime();
        List<Future<long[]>> parts = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
          parts.add(pool.submit(() -> pass(dataset, target, params, percent)));
        }
        long[] nanos = new long[0];
        for (Future<long[]> part : parts) {
          long[] more = part.get();
          long[] joined = Arrays.copyOf(nanos, nanos.length + more.length);
          System.arraycopy(more, 0, joined, nanos.length, more.length);
          nanos = joined;
        }
        qps[round] = nanos.length * 1e9 / (System.nanoTime() - start);
        cpuMicros[round] = (usage.cpuSeconds() - cpu) * 1e6 / nanos.length;
        serverMicros[round] = (usage.serverCpuSeconds() - serverCpu) * 1e6 / nanos.length;
        latencies.add(nanos);
      }
    }
    if (writer != null) {
      writer.close();
    }
    Arrays.sort(qps);
    Arrays.sort(cpuMicros);
    Arrays.sort(serverMicros);
    long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return figures(dataset, usage, "search")
        .put(
            "params",
            (ef == 0 ? "default" : "ef=" + ef)
                + (writer == null ? "" : ", " + writer.rowsPerSecond() + " rows/s written"))
        .put("filter", percent == 100 ? "" : "attr < " + percent)
        .put("threads", clients)
        .put("recall10", recall)
        .put("qps", qps[rounds / 2])
        .put("p50_us", all[all.length / 2] / 1e3)
        .put("p99_us", all[(int) (all.length * 0.99)] / 1e3)
        .put("cpu_us", cpuMicros[rounds / 2])
        .put("server_cpu_us", serverMicros[rounds / 2]);
  }

  private static long[] pass(
      Dataset dataset, Target target, Map<String, Object> params, int percent) {
    long[] nanos = new long[dataset.queries().length];
    for (int i = 0; i < nanos.length; i++) {
      long from = System.nanoTime();
      target.search(dataset.queries()[i], K, percent, params, ConsistencyLevel.BOUNDED);
      nanos[i] = System.nanoTime() - from;
    }
    return nanos;
  }

  private static double recall(
      Dataset dataset, Target target, Map<String, Object> params, int percent) {
    int[][] truth = dataset.truth(percent);
    long found = 0;
    long wanted = 0;
    for (int i = 0; i < dataset.queries().length; i++) {
      List<Long> nearest =
          Arrays.stream(truth[i])
              .limit(K)
              .filter(row -> row >= 0)
              .mapToObj(row -> (long) row)
              .toList();
      wanted += nearest.size();
      for (SearchResp.SearchResult hit :
          target.search(dataset.queries()[i], K, percent, params, ConsistencyLevel.BOUNDED)) {
        found += nearest.contains((Long) hit.getId()) ? 1 : 0;
      }
    }
    return found / (double) wanted;
  }
}
