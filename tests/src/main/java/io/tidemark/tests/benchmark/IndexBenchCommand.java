package io.tidemark.tests.benchmark;

import static java.util.Map.entry;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-index}: what each family of indexes costs and finds, in this process and
 * without a server, one JSON line per family and setting. Hits within the first ten of the exact
 * answer count; time is the CPU time of the searching thread, of the fastest of some rounds.
 */
@Command(
    name = "tidemark bench-index",
    mixinStandardHelpOptions = true,
    description = "Builds an index of every family over a dataset and searches it.")
public final class IndexBenchCommand implements Callable<Integer> {
  private static final int K = 10;

  /** What is asked of a family beside its defaults. */
  private static final Map<IndexType, Map<String, String>> HEAVIER =
      Map.ofEntries(
          entry(IndexType.AUTOINDEX, Map.of("ef", "150")),
          entry(IndexType.HNSW, Map.of("ef", "150")),
          entry(IndexType.HNSW_SQ, Map.of("ef", "150")),
          entry(IndexType.HNSW_PQ, Map.of("ef", "150")),
          entry(IndexType.HNSW_PRQ, Map.of("ef", "150")),
          entry(IndexType.DISKANN, Map.of("search_list", "150")),
          entry(IndexType.IVF_FLAT, Map.of("nprobe", "32")),
          entry(IndexType.IVF_SQ8, Map.of("nprobe", "32")),
          entry(IndexType.IVF_PQ, Map.of("nprobe", "32")),
          entry(IndexType.IVF_RABITQ, Map.of("nprobe", "32")),
          entry(IndexType.SCANN, Map.of("nprobe", "32", "reorder_k", "100")));

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--dataset", required = true, description = "folder of vectors and answers")
  private @Nullable Path dataset;

  @Option(names = "--types", split = ",", description = "families (default: all)")
  private List<String> types = List.of();

  @Option(names = "--rounds", defaultValue = "5", description = "of all queries (default: 5)")
  private int rounds = 5;

  @Option(
      names = "--filters",
      description =
          "search as a collection does, under filters of 50, 10, 1 and 0.1 %, of rows anywhere, near the query and far from it")
  private boolean filters;

  @Option(names = "--queries", defaultValue = "100", description = "with --filters (default: 100)")
  private int queries = 100;

  @Option(names = "--threads", defaultValue = "1", description = "of builds (default: 1)")
  private int threads = 1;

  /** Runs one benchmark. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new IndexBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Dataset data = Dataset.read(Objects.requireNonNull(dataset));
    FloatVectors vectors = Dataset.joined(data.base());
    FilterBench filterBench = filters ? FilterBench.over(data, vectors, queries, rounds) : null;
    for (IndexFamily family : IndexFamilies.all()) {
      boolean wanted =
          (types.isEmpty() || types.contains(family.type().name()))
              && family.vectorTypes().contains(vectors.type());
      if (family.type().builds() && wanted) {
        measure(data, vectors, family, filterBench, out);
      }
    }
    return 0;
  }

  private void measure(
      Dataset data,
      FloatVectors vectors,
      IndexFamily family,
      @Nullable FilterBench filterBench,
      PrintWriter out)
      throws Exception {
    BitSet include = new BitSet();
    include.set(0, vectors.size());
    IndexDefinition definition =
        new IndexDefinition(1, 1, "v", "v", family.type(), Metric.L2, Map.of());
    double cpu = ProcessUsage.ownCpuSeconds();
    BuiltIndex built =
        family.build(
            new IndexSource(vectors, include, definition, threads, BuildDevice.CPU), done -> {});
    double buildSeconds = ProcessUsage.ownCpuSeconds() - cpu;
    Path file = Files.createTempFile("tidemark-bench-index", ".bin");
    try {
      long bytes = built.writeTo(file, 0);
      try (VectorIndex index =
          family.open(new IndexBlob(file, 0, bytes, built.properties()), vectors, Metric.L2)) {
        if (filterBench != null) {
          filterBench.search(family, index, out);
          return;
        }
        search(data, family, index, Map.of(), buildSeconds, out);
        search(
            data, family, index, HEAVIER.getOrDefault(family.type(), Map.of()), buildSeconds, out);
      }
    } finally {
      Files.delete(file);
    }
  }

  private void search(
      Dataset data,
      IndexFamily family,
      VectorIndex index,
      Map<String, String> given,
      double buildSeconds,
      PrintWriter out) {
    SearchParameters parameters =
        new SearchParameters(family.checkSearch(given, K), Float.NaN, Float.NaN);
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "{\"dataset\":\"%s\",\"rows\":%d,\"dim\":%d,\"type\":\"%s\",\"search\":\"%s\","
                + "\"build_cpu_s\":%.1f,\"bytes_per_vector\":%.1f",
            data.name(),
            index.size(),
            data.dimension(),
            family.type(),
            given,
            buildSeconds,
            (double) index.bytes() / index.size()));
    for (int percent : new int[] {100, 10}) {
      if (!data.hasTruth(percent)) {
        continue;
      }
      BitSet accept = percent == 100 ? null : accepted(data, percent);
      int[][] truth = data.truth(percent);
      double micros = Double.POSITIVE_INFINITY;
      double recall = 0;
      for (int round = 0; round < rounds; round++) {
        long found = 0;
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        int[][] hits = new int[data.queries().length][];
        for (int q = 0; q < hits.length; q++) {
          TopK best = new TopK(K, Metric.L2);
          index.search(new DenseQuery(data.queries()[q]), K, parameters, accept, best);
          hits[q] = best.drain().ordinals();
        }
        long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        micros = Math.min(micros, spent / 1e3 / hits.length);
        for (int q = 0; q < hits.length; q++) {
          found += Recall.found(hits[q], truth[q], K);
        }
        recall = (double) found / hits.length / K;
      }
      line.append(
          String.format(
              Locale.ROOT,
              ",\"recall%s\":%.4f,\"us%s\":%.0f",
              percent == 100 ? "" : "_f" + percent,
              recall,
              percent == 100 ? "" : "_f" + percent,
              micros));
    }
    out.println(line.append('}'));
    out.flush();
  }

  private static BitSet accepted(Dataset data, int percent) {
    BitSet accepted = new BitSet();
    for (int row = 0; row < data.base().length; row++) {
      accepted.set(row, data.attribute(row) < percent);
    }
    return accepted;
  }
}
