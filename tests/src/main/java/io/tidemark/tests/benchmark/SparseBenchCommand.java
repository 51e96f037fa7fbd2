package io.tidemark.tests.benchmark;

import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-sparse}: what a search of sparse vectors takes on one thread, of all rows
 * and by lists, one JSON line for each count of rows. Fails if the hits differ.
 */
@Command(
    name = "tidemark bench-sparse",
    mixinStandardHelpOptions = true,
    description =
        "Searches sparse vectors in memory, without a server, exactly and by SPARSE_INVERTED_INDEX.")
public final class SparseBenchCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final int ROUNDS = 5;
  private static final long SEED = 42;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", description = "folder with .jsonl.gz files of token weights")
  private Path folder = Path.of("");

  @Option(
      names = "--rows",
      split = ",",
      defaultValue = "0,100000",
      description =
          "counts of rows to try; beyond the file's rows each is half of one and half of another;"
              + " 0 for the file's (default: 0,100000)")
  private List<Integer> counts = List.of(0, 100_000);

  @Option(names = "--queries", defaultValue = "200", description = "how many (default: 200)")
  private int queryCount = 200;

  @Option(
      names = "--algo",
      defaultValue = "DAAT_MAXSCORE",
      description = "(default: DAAT_MAXSCORE)")
  private String algorithm = "DAAT_MAXSCORE";

  /** Runs one benchmark. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SparseBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    SparseDataset dataset = SparseDataset.read(folder);
    for (int count : counts) {
      out.println(measure(dataset, count == 0 ? dataset.rows().size() : count));
      out.flush();
    }
    return 0;
  }

  private String measure(SparseDataset dataset, int count) throws Exception {
    Random random = new Random(SEED);
    Vectors vectors = vectors(dataset, count, random);
    List<SparseQuery> queries = new ArrayList<>();
    for (int i = 0; i < queryCount; i++) {
      queries.add(SparseDataset.query(any(dataset, random)));
    }
    IndexFamily family = IndexFamilies.of(IndexType.SPARSE_INVERTED_INDEX);
    BitSet all = new BitSet();
    all.set(0, count);
    IndexDefinition definition =
        new IndexDefinition(
            1, 100, "v", "v", family.type(), Metric.IP, Map.of("inverted_index_algo", algorithm));
    long begin = System.nanoTime();
    BuiltIndex built =
        family.build(new IndexSource(vectors, all, definition, 1, BuildDevice.CPU), done -> {});
    double buildSeconds = (System.nanoTime() - begin) / 1e9;
    Path file = Files.createTempFile("sparse", ".bin");
    long[] scored = {0};
    try (VectorIndex index =
        family.open(
            new IndexBlob(file, 0, built.writeTo(file, 0), built.properties()),
            vectors,
            Metric.IP)) {
      Function<SparseQuery, TopK.Hits> exactly =
          query -> {
            TopK hits = new TopK(K, Metric.IP);
            ExactSearch.search(vectors, query, null, hits);
            return hits.drain();
          };
      Function<SparseQuery, TopK.Hits> byLists =
          query -> {
            TopK hits = new TopK(K, Metric.IP);
            scored[0] += index.search(query, K, SearchParameters.DEFAULT, null, hits).scored();
            return hits.drain();
          };
      double exact = microseconds(queries, exactly);
      scored[0] = 0;
      double lists = microseconds(queries, byLists);
      long runs = (long) queryCount * 2 * ROUNDS;
      for (SparseQuery query : queries) {
        if (!Arrays.equals(exactly.apply(query).ordinals(), byLists.apply(query).ordinals())) {
          throw new IllegalStateException("lists found other rows than a scan");
        }
      }
      return String.format(
          Locale.ROOT,
          "{\"rows\":%d,\"vector_bytes\":%d,\"index_bytes\":%d,\"build_s\":%.2f,\"k\":%d,"
              + "\"exact_us\":%.1f,\"index_us\":%.1f,\"scored_rows\":%.0f,\"algo\":\"%s\",\"seed\":%d}",
          count,
          vectors.bytes(),
          index.bytes(),
          buildSeconds,
          K,
          exact,
          lists,
          scored[0] / (double) runs,
          algorithm,
          SEED);
    } finally {
      Files.delete(file);
    }
  }

  /** Of a query, the median of rounds, after as many that do not count. */
  private static double microseconds(
      List<SparseQuery> queries, Function<SparseQuery, TopK.Hits> search) {
    List<Double> rounds = new ArrayList<>();
    for (int round = 0; round < 2 * ROUNDS; round++) {
      long start = System.nanoTime();
      for (SparseQuery query : queries) {
        if (search.apply(query).size() == 0) {
          throw new IllegalStateException("a search found nothing");
        }
      }
      rounds.add((System.nanoTime() - start) / 1e3 / queries.size());
    }
    return rounds.subList(ROUNDS, 2 * ROUNDS).stream().sorted().toList().get(ROUNDS / 2);
  }

  private static SortedMap<Long, Float> any(SparseDataset dataset, Random random) {
    return dataset.rows().get(random.nextInt(dataset.rows().size()));
  }

  private static Vectors vectors(SparseDataset dataset, int count, Random random) {
    ColumnBuilder column = new ColumnBuilder(DataType.SPARSE_FLOAT_VECTOR, 0);
    for (int row = 0; row < count; row++) {
      SortedMap<Long, Float> vector;
      if (row < dataset.rows().size()) {
        vector = dataset.rows().get(row);
      } else {
        vector = new TreeMap<>();
        for (int half = 0; half < 2; half++) {
          any(dataset, random)
              .forEach((index, value) -> {
                if (random.nextBoolean()) {
                  vector.put(index, value * (0.7f + 0.6f * random.nextFloat()));
                }
              });
        }
      }
      SparseQuery elements = SparseDataset.query(vector);
      column.append(SparseRow.of(elements.indices(), elements.values()));
    }
    return Vectors.of(column.build());
  }
}
