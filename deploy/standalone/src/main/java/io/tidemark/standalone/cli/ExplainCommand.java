package io.tidemark.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How the last explained searches were done. */
@Command(
    name = "explain",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "How the last searches with the parameter explain=true were done: by segment the plan, the rows, and the time.",
      "See docs/recall.md."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final String LINE = "  %-28s %-8s %-11s %10s %10s %10s  %-18s %10s %9s%n";

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "COLLECTION",
      arity = "0..1",
      description = "only searches of it, NAME or DATABASE.NAME")
  private @Nullable String collection;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "1",
      description = "so many searches, the newest first; 16 are kept (default: 1)")
  private int last = 1;

  @Option(names = "--json", description = "print a JSON array")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Map<String, String> only = collection == null ? Map.of() : Map.of("collection", collection);
    JsonNode all =
        new JsonMapper().readTree(data.running().get(RunningTidemark.path("/admin/explain", only)));
    List<JsonNode> searches = new ArrayList<>();
    all.forEach(searches::add);
    searches = searches.subList(0, Math.clamp(last, 0, searches.size()));
    if (json) {
      out.println(searches);
    } else if (searches.isEmpty()) {
      out.println(
          "no search was explained yet: give one the search parameter explain=true, and ask again");
    } else {
      searches.forEach(search -> print(search, out));
    }
    out.flush();
    return 0;
  }

  private static void print(JsonNode search, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s, field %s, limit %d, %d %s: filter %.3f ms, search %.3f ms%n",
        search.path("collection").asText(),
        search.path("field").asText(),
        search.path("limit").asInt(),
        search.path("queries").asInt(),
        search.path("queries").asInt() == 1 ? "query" : "queries",
        search.path("filter_ms").asDouble(),
        search.path("search_ms").asDouble());
    out.printf(
        LINE, "segment", "kind", "index", "rows", "alive", "passing", "plan", "scored", "ms");
    for (JsonNode segment : search.path("segments")) {
      String index = segment.path("index").asText();
      out.printf(
          LINE,
          shortened(segment.path("segment").asText()),
          segment.path("kind").asText(),
          index.isEmpty() ? "none" : index,
          segment.path("rows").asText(),
          segment.path("alive").asText(),
          segment.path("passing").asText(),
          plans(segment.path("plans")),
          segment.path("scored").asText(),
          segment.path("ms").asText());
    }
  }

  /** The end of a file's path, which tells it from others. */
  private static String shortened(String segment) {
    int most = 28;
    return segment.length() <= most
        ? segment
        : "…" + segment.substring(segment.length() - most + 1);
  }

  private static String plans(JsonNode plans) {
    List<String> words = new ArrayList<>();
    plans
        .properties()
        .forEach(plan ->
            words.add(plans.size() == 1 ? plan.getKey() : plan.getKey() + " " + plan.getValue()));
    return String.join(", ", words);
  }
}
