package io.tidemark.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
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

/** What searches of a loaded collection find, beside exact ones. */
@Command(
    name = "recall",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Asks a loaded collection for some of its rows, as searches are answered and exactly, over one view, and prints what share of the true hits was found, by kind of segment.",
      "See docs/recall.md."
    })
final class RecallCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "COLLECTION", description = "the collection, NAME or DATABASE.NAME")
  private String collection = "";

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description = "hits of each search, 1 to 1000 (default: 10)")
  private int k = 10;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "100",
      description = "rows to ask for, 1 to 10000; each costs an exact search (default: 100)")
  private int queries = 100;

  @Option(names = "--filter", paramLabel = "EXPR", description = "of the searches (default: none)")
  private @Nullable String filter;

  @Option(
      names = "--params",
      paramLabel = "JSON",
      description = "of the searches, such as '{\"ef\": 100}' (default: none)")
  private @Nullable String params;

  @Option(
      names = "--field",
      paramLabel = "NAME",
      description = "the vector field, if there are several")
  private @Nullable String field;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "of the choice of rows (default: 1)")
  private int seed = 1;

  @Mixin private DataOption data = new DataOption();

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String answer = data.running().get(RunningTidemark.path("/admin/recall", parameters()), LIMIT);
    if (json) {
      out.print(answer);
    } else {
      print(new JsonMapper().readTree(answer), out);
    }
    out.flush();
    return 0;
  }

  private Map<String, String> parameters() {
    Map<String, String> given = new LinkedHashMap<>();
    int dot = collection.indexOf('.');
    if (dot > 0) {
      given.put("database", collection.substring(0, dot));
    }
    given.put("collection", collection.substring(dot + 1));
    given.put("k", Integer.toString(k));
    given.put("queries", Integer.toString(queries));
    given.put("seed", Integer.toString(seed));
    put(given, "filter", filter);
    put(given, "params", params);
    put(given, "field", field);
    return given;
  }

  private static void put(Map<String, String> given, String name, @Nullable String value) {
    if (value != null) {
      given.put(name, value);
    }
  }

  private static void print(JsonNode report, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s: recall@%d of %d stored rows among %d, each left out of its own answer%n",
        report.path("collection").asText(),
        report.path("k").asInt(),
        report.path("queries").asInt(),
        report.path("rows").asLong());
    if (report.path("kinds").isEmpty()) {
      out.println("  no row passes the filter: there was nothing to find");
    }
    printKinds(report.path("kinds"), out);
    out.println("  (95 % intervals by Wilson's score, a query being one trial)");
    if (!report.path("searches").isEmpty()) {
      out.println("users' searches, recall@10 of the last that were compared:");
      printKinds(report.path("searches"), out);
    }
  }

  private static void printKinds(JsonNode kinds, PrintWriter out) {
    for (JsonNode kind : kinds) {
      out.printf(
          Locale.ROOT,
          "  %-12s %.4f  (%.3f to %.3f)  %d of %d true hits, %d queries%n",
          kind.path("kind").asText(),
          kind.path("recall").asDouble(),
          kind.path("low").asDouble(),
          kind.path("high").asDouble(),
          kind.path("found").asLong(),
          kind.path("wanted").asLong(),
          kind.path("queries").asLong());
    }
  }
}
