package io.tidemark.tests.benchmark.growth;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tidemark.tests.benchmark.growth.PowerLaw.Point;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark bench-growth-page}: pictures of what {@code bench-growth} printed. */
@Command(
    name = "tidemark bench-growth-page",
    mixinStandardHelpOptions = true,
    description = "Makes SVG pictures of the lines of bench-growth, and prints their laws.")
public final class GrowthPageCommand implements Callable<Integer> {
  private static final Map<String, String> FIGURES = figures();

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "what bench-growth printed")
  private Path file = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "where the pictures go")
  private Path folder = Path.of("");

  private GrowthPageCommand() {}

  private static Map<String, String> figures() {
    Map<String, String> titles = new LinkedHashMap<>();
    titles.put("p50_us", "search, p50, µs");
    titles.put("cpu_us", "search, CPU of client and server, µs");
    titles.put("rss_mb", "resident memory, MB");
    titles.put("loaded_mb", "vectors and indexes in memory, MB");
    titles.put("build_cpu_s", "index build, CPU s");
    titles.put("commit_s", "flush until committed, s");
    return titles;
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GrowthPageCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<JsonObject> lines =
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith("{"))
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    Files.createDirectories(folder);
    out.println("| grows | figure | law | at ten times the largest |");
    out.println("|---|---|---|---|");
    for (String grows : List.of("rows", "segments", "collections")) {
      for (Map.Entry<String, String> figure : FIGURES.entrySet()) {
        List<Point> points =
            lines.stream()
                .filter(line -> line.get("grows").getAsString().equals(grows))
                .filter(line -> line.has(figure.getKey()))
                .map(line ->
                    new Point(
                        line.get(grows).getAsDouble(), line.get(figure.getKey()).getAsDouble()))
                .filter(point -> point.y() > 0)
                .sorted(Comparator.comparingDouble(Point::x))
                .toList();
        if (points.size() < 2) {
          continue;
        }
        Files.writeString(
            folder.resolve(grows + "-" + figure.getKey() + ".svg"),
            GrowthPicture.svg(figure.getValue(), grows, points));
        PowerLaw law = PowerLaw.through(points);
        out.println(
            "| %s | %s | %s | %s |"
                .formatted(
                    grows,
                    figure.getValue(),
                    law.text(grows),
                    GrowthPicture.number(law.at(points.getLast().x() * 10))));
      }
    }
    out.flush();
    return 0;
  }
}
