package io.tidemark.tests.benchmark.peers;

import io.tidemark.model.index.Metric;
import io.tidemark.tests.benchmark.Dataset;
import io.tidemark.tests.benchmark.Folders;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark bench-peers}: Tidemark's engine beside jvector and Lucene, in one process, in
 * turns and by one thread. One JSON line per setting, then a table on the other stream.
 */
@Command(
    name = "tidemark bench-peers",
    mixinStandardHelpOptions = true,
    description = {
      "Builds and searches a dataset with Tidemark's engine, raw jvector and Lucene, in this process, in turns, by one thread.",
      "Prints one JSON line per engine, variant, filter and effort: CPU µs of the searching thread (median of the rounds) and",
      "of the process, recall and latencies; then the cheapest efforts as a table. TIDEMARK_HEAP sets the heap.",
    })
public final class PeersBenchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      required = true,
      description = "folder of vectors, attributes and exact answers")
  private Path folder = Path.of(".");

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "L2",
      description = "L2 or COSINE, which the exact answers are of (default: L2)")
  private Metric metric = Metric.L2;

  @Option(
      names = "--peers",
      paramLabel = "NAME",
      split = ",",
      description =
          "of tidemark/autoindex, tidemark/autoindex-uncached, jvector/floats, jvector/fused-pq, lucene/floats, lucene/floats-uncached, lucene/bytes (default: all)")
  private List<String> names = List.of();

  @Option(
      names = "--filters",
      paramLabel = "PERCENT",
      split = ",",
      defaultValue = "100,50,10,1",
      description = "percent of rows that pass (default: 100,50,10,1)")
  private List<Integer> filters = List.of(100, 50, 10, 1);

  @Option(
      names = "--efforts",
      paramLabel = "N",
      split = ",",
      defaultValue = "10,12,15,20,25,30,40,50,60,80,100,140,200,300",
      description =
          "candidates to keep, from 10, ascending: ef, rerankK, Lucene's k (default: 10 to 300)")
  private List<Integer> efforts = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "7",
      description = "over all queries, engines in turns (default: 7)")
  private int rounds = 7;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "1.5",
      description = "for each engine and filter (default: 1.5)")
  private double warmUp = 1.5;

  @Option(
      names = "--wait",
      description = "for a line of input between builds and searches, say to quieten the machine")
  private boolean wait;

  private PeersBenchCommand() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PeersBenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    PrintWriter progress = line.getErr();
    List<PeerKind> kinds = kinds(line);
    PeerData data = data(line);
    List<Integer> known = filters.stream().filter(data.dataset()::hasTruth).toList();
    Path files = Files.createTempDirectory("tidemark-bench-peers");
    try (PeerSet peers = new PeerSet(data, files)) {
      List<BuiltPeer> built = new ArrayList<>();
      for (PeerKind kind : kinds) {
        BuiltPeer peer = peers.get(kind);
        built.add(peer);
        tell(
            progress,
            String.format(Locale.ROOT, "built %s: %.1f CPU s", kind, peer.buildCpuSeconds()));
      }
      if (wait) {
        tell(progress, "press return to search");
        System.in.read();
      }
      PeerRounds measured = new PeerRounds(data, efforts, progress);
      measured.plan(built, known);
      measured.warmUp(warmUp);
      measured.run(rounds);
      measured.settings().forEach(setting -> out.println(setting.figures()));
      out.flush();
      tell(progress, PeerTable.of(measured.settings()));
    } finally {
      Folders.delete(files);
    }
    return 0;
  }

  private PeerData data(CommandLine line) {
    if (efforts.stream().anyMatch(effort -> effort < Peer.K)) {
      throw new CommandLine.ParameterException(
          line, "--efforts are " + efforts + ": each has to be at least " + Peer.K);
    }
    try {
      return new PeerData(Dataset.read(folder), metric);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, e.getMessage(), e);
    }
  }

  private List<PeerKind> kinds(CommandLine line) {
    List<PeerKind> all = Arrays.asList(PeerKind.values());
    if (names.isEmpty()) {
      return all;
    }
    List<String> known = all.stream().map(PeerKind::toString).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new CommandLine.ParameterException(
            line, "--peers names '" + name + "', there are " + known);
      }
    }
    return all.stream().filter(kind -> names.contains(kind.toString())).toList();
  }

  private static void tell(PrintWriter progress, String what) {
    progress.println(what);
    progress.flush();
  }
}
