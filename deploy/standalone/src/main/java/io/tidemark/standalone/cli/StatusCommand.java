package io.tidemark.standalone.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What runs, and how far each stage is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "What runs on a data directory, and how far each stage is.")
final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory (default: ./data)")
  private Path data = Path.of("data");

  @Override
  public Integer call() throws Exception {
    PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
    out.print(RunningTidemark.on(data).get("/status"));
    out.flush();
    return 0;
  }
}
