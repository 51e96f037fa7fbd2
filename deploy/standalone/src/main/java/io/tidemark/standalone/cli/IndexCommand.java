package io.tidemark.standalone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Builds a collection's missing indexes now, against a running system. */
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    description =
        "Builds what is unindexed of a collection now, without waiting for a segment's worth of rows.")
final class IndexCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "COLLECTION", description = "the collection's name")
  private String collection = "";

  @Option(
      names = "--database",
      paramLabel = "DB",
      defaultValue = "default",
      description = "its database (default: default)")
  private String database = "default";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory (default: ./data)")
  private Path data = Path.of("data");

  @Override
  public Integer call() throws Exception {
    PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
    RunningTidemark running = RunningTidemark.on(data);
    String query =
        "?database="
            + URLEncoder.encode(database, UTF_8)
            + "&collection="
            + URLEncoder.encode(collection, UTF_8);
    out.println("building the missing indexes of " + database + "." + collection + " …");
    out.flush();
    out.print(running.post("/admin/index" + query, Duration.ofHours(6)));
    out.flush();
    return 0;
  }
}
