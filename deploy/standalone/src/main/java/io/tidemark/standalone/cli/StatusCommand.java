package io.tidemark.standalone.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What runs, and how far each stage is. */
@Command(
    name = "status",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "What runs on a data directory, and how far each stage is.")
final class StatusCommand implements Callable<Integer> {
  private static final long WATCH_EVERY_MS = 2_000;

  /** ANSI: the cursor to the upper left, the rest of the screen cleared. */
  private static final String HOME = "\033[H\033[J";

  @Spec private @Nullable CommandSpec spec;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--json",
      description = "print one JSON object; docs/operations.md says what is in it")
  private boolean json;

  @Option(names = "--watch", description = "again every 2 s, until Ctrl-C")
  private boolean watch;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    RunningTidemark running = data.running();
    while (true) {
      String page = running.get(json ? "/status.json" : "/status");
      out.print(watch && Boolean.getBoolean("tidemark.terminal") ? HOME + page : page);
      out.flush();
      if (!watch) {
        return 0;
      }
      Thread.sleep(WATCH_EVERY_MS);
    }
  }
}
