package io.tidemark.tests.benchmark;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.index.ivf.InterimLists;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-growing}: what a search of rows costs that are not committed yet, beside
 * the same rows in one sealed segment with a graph, in this process and without a server. Rounds of
 * the ways take turns; time is the searching thread's, the median of the rounds.
 */
@Command(
    name = "tidemark bench-growing",
    mixinStandardHelpOptions = true,
    description =
        "Searches growing rows, exactly and through their lists, beside a sealed segment.")
public final class GrowingBenchCommand implements Callable<Integer> {
  private static final int K = 10;

  /** As serving cuts growing rows, up to 64 MiB of them. */
  private static final int CHUNK_ROWS = 65_536;

  /** As clients insert. */
  private static final int BATCH_ROWS = 1_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--dataset", required = true, description = "folder of vectors and queries")
  private @Nullable Path dataset;

  @Option(names = "--rows", defaultValue = "50000", description = "growing (default: 50000)")
  private int rows = 50_000;

  @Option(names = "--rounds", defaultValue = "5", description = "of all queries (default: 5)")
  private int rounds = 5;

  /** Runs the benchmark. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GrowingBenchCommand()).execute(arguments));
  }

  /** Rows from {@code start} on, and how they are searched. */
  private record Part(FloatVectors vectors, int start, @Nullable VectorIndex index) {
    void search(DenseQuery query, TopK out) {
      TopK own = new TopK(K, Metric.L2);
      if (index == null) {
        ExactSearch.search(vectors, query, null, own);
      } else {
        index.search(query, K, SearchParameters.DEFAULT, null, own);
      }
      TopK.Hits hits = own.drain();
      for (int i = 0; i < hits.size(); i++) {
        out.add(start + hits.ordinal(i), hits.score(i));
      }
    }
  }

  private record Way(String name, double buildSeconds, List<Part> parts, List<Double> micros) {
    List<TopK.Hits> search(float[][] queries) {
      List<TopK.Hits> found = new ArrayList<>();
      for (float[] query : queries) {
        TopK out = new TopK(K, Metric.L2);
        parts.forEach(part -> part.search(new DenseQuery(query), out));
        found.add(out.drain());
      }
      return found;
    }
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Dataset data = Dataset.read(Objects.requireNonNull(dataset));
    int count = Math.min(rows, data.base().length);
    List<Way> ways =
        List.of(
            way("sealed HNSW", data, count, from -> count, GrowingBenchCommand::graph),
            way("growing, exact", data, count, from -> CHUNK_ROWS, vectors -> null),
            way("growing, lists", data, count, from -> CHUNK_ROWS, GrowingBenchCommand::lists),
            way(
                "growing by batches, lists",
                data,
                count,
                from -> chunkOfBatches(count - from),
                GrowingBenchCommand::lists));
    List<TopK.Hits> truth = ways.get(1).search(data.queries());
    double[] recall = new double[ways.size()];
    for (int round = 0; round < rounds; round++) {
      for (int way = 0; way < ways.size(); way++) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        List<TopK.Hits> found = ways.get(way).search(data.queries());
        long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        ways.get(way).micros().add(spent / 1e3 / found.size());
        recall[way] = recall(found, truth);
      }
    }
    for (int way = 0; way < ways.size(); way++) {
      List<Double> micros = ways.get(way).micros();
      micros.sort(null);
      out.printf(
          Locale.ROOT,
          "{\"dataset\":\"%s\",\"rows\":%d,\"dim\":%d,\"way\":\"%s\",\"segments\":%d,\"build_cpu_s\":%.2f,\"recall10\":%.4f,\"us\":%.0f}%n",
          data.name(),
          count,
          data.dimension(),
          ways.get(way).name(),
          ways.get(way).parts().size(),
          ways.get(way).buildSeconds(),
          recall[way],
          micros.get(micros.size() / 2));
    }
    out.flush();
    return 0;
  }

  private interface Build {
    @Nullable VectorIndex of(FloatVectors vectors) throws Exception;
  }

  /** The largest chunk that batches were merged to, of so many rows. */
  private static int chunkOfBatches(int rows) {
    int merged = BATCH_ROWS * Integer.highestOneBit(rows / BATCH_ROWS);
    return merged == 0 ? rows : Math.min(CHUNK_ROWS, merged);
  }

  private Way way(
      String name, Dataset data, int count, IntUnaryOperator rowsOfPartFrom, Build build)
      throws Exception {
    List<Part> parts = new ArrayList<>();
    double start = ProcessUsage.ownCpuSeconds();
    for (int from = 0; from < count; ) {
      int to = Math.min(count, from + rowsOfPartFrom.applyAsInt(from));
      FloatVectors vectors = vectors(data, from, to);
      parts.add(new Part(vectors, from, build.of(vectors)));
      from = to;
    }
    return new Way(name, ProcessUsage.ownCpuSeconds() - start, parts, new ArrayList<>());
  }

  private static FloatVectors vectors(Dataset data, int from, int to) {
    float[] all = new float[(to - from) * data.dimension()];
    for (int row = from; row < to; row++) {
      System.arraycopy(data.base()[row], 0, all, (row - from) * data.dimension(), data.dimension());
    }
    return new FloatVectors(all, data.dimension());
  }

  private static VectorIndex graph(FloatVectors vectors) throws Exception {
    IndexFamily family = IndexFamilies.of(IndexType.HNSW);
    BitSet include = new BitSet();
    include.set(0, vectors.size());
    IndexDefinition definition =
        new IndexDefinition(1, 1, "v", "v", IndexType.HNSW, Metric.L2, Map.of());
    BuiltIndex built =
        family.build(new IndexSource(vectors, include, definition, 1, BuildDevice.CPU), done -> {});
    Path file = Files.createTempFile("tidemark-bench-growing", ".bin");
    try {
      long bytes = built.writeTo(file, 0);
      return family.open(new IndexBlob(file, 0, bytes, built.properties()), vectors, Metric.L2);
    } finally {
      Files.delete(file);
    }
  }

  /** A chunk that is too small stays without. */
  private static @Nullable VectorIndex lists(FloatVectors vectors) throws InterruptedException {
    return InterimLists.takes(vectors) ? InterimLists.build(vectors, Metric.L2) : null;
  }

  private static double recall(List<TopK.Hits> found, List<TopK.Hits> truth) {
    long common = 0;
    for (int query = 0; query < found.size(); query++) {
      Set<Integer> wanted = new HashSet<>();
      Arrays.stream(truth.get(query).ordinals()).forEach(wanted::add);
      common += Arrays.stream(found.get(query).ordinals()).filter(wanted::contains).count();
    }
    return (double) common / found.size() / K;
  }
}
