package io.tidemark.tests.benchmark;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.Scores;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-scan}: how many rows of each vector type exact search scores in a second on
 * one thread ({@link SparseBenchCommand} does it for sparse ones), one JSON line per type and
 * metric, the median of rounds that take turns.
 */
@Command(
    name = "tidemark bench-scan",
    mixinStandardHelpOptions = true,
    description = "Scans random vectors of every type in memory, without a server.")
public final class ScanBenchCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final long SEED = 42;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--megabytes",
      defaultValue = "100",
      description = "of each type's vectors, more than any cache holds (default: 100)")
  private int megabytes = 100;

  @Option(
      names = "--dim",
      split = ",",
      defaultValue = "128,768",
      description = "dimensions to try (default: 128,768)")
  private List<Integer> dimensions = List.of(128, 768);

  @Option(names = "--rounds", defaultValue = "9", description = "how often (default: 9)")
  private int rounds = 9;

  private static final class Scan {
    private final Vectors vectors;
    private final QueryVector query;
    private final Metric metric;
    private final List<Double> seconds = new ArrayList<>();

    Scan(Vectors vectors, QueryVector query, Metric metric) {
      this.vectors = vectors;
      this.query = query;
      this.metric = metric;
    }

    void run(boolean counts) {
      long start = System.nanoTime();
      TopK out = new TopK(K, metric);
      ExactSearch.search(vectors, query, null, out);
      double took = (System.nanoTime() - start) / 1e9;
      if (out.drain().size() != K) {
        throw new IllegalStateException("a scan of " + vectors.type() + " found too little");
      }
      if (counts) {
        seconds.add(took);
      }
    }

    double median() {
      return seconds.stream().sorted().toList().get(seconds.size() / 2);
    }
  }

  /** Runs one benchmark. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ScanBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    for (int dimension : dimensions) {
      for (Scan scan : scans(dimension)) {
        Vectors vectors = scan.vectors;
        double median = scan.median();
        double bytes = (double) vectors.size() * vectors.type().vectorBytes(dimension);
        out.printf(
            Locale.ROOT,
            "{\"type\":\"%s\",\"metric\":\"%s\",\"dim\":%d,\"rows\":%d,\"mrows_per_s\":%.1f,"
                + "\"gb_per_s\":%.1f,\"kernels\":\"%s\",\"seed\":%d}%n",
            vectors.type(),
            scan.metric,
            dimension,
            vectors.size(),
            vectors.size() / median / 1e6,
            bytes / median / 1e9,
            Scores.describe(),
            SEED);
      }
      out.flush();
    }
    return 0;
  }

  /** Run already, in turns, after as many rounds that do not count. */
  private List<Scan> scans(int dimension) {
    List<Scan> scans = new ArrayList<>();
    for (DataType type : DataType.values()) {
      if (type.hasDimension()) {
        int rows = (int) (megabytes * 1_000_000L / type.vectorBytes(dimension));
        Random random = new Random(SEED);
        ColumnBuilder column = new ColumnBuilder(type, dimension);
        for (int row = 0; row < rows; row++) {
          column.append(value(type, dimension, random));
        }
        Vectors vectors = Vectors.of(column.build());
        for (Metric metric : IndexFamily.metricsOf(type)) {
          scans.add(new Scan(vectors, vectors.query(rows / 2), metric));
        }
      }
    }
    for (int round = 0; round < 2 * rounds; round++) {
      for (Scan scan : scans) {
        scan.run(round >= rounds);
      }
    }
    return scans;
  }

  private static Object value(DataType type, int dimension, Random random) {
    if (type == DataType.INT8_VECTOR || type == DataType.BINARY_VECTOR) {
      byte[] bytes = new byte[type.vectorBytes(dimension)];
      random.nextBytes(bytes);
      return bytes;
    }
    float[] floats = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      floats[i] = random.nextFloat() * 2 - 1;
    }
    return floats;
  }
}
