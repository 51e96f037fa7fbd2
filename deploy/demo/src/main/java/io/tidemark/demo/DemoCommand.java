package io.tidemark.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark demo}. */
@Command(
    name = "tidemark demo",
    mixinStandardHelpOptions = true,
    version = "tidemark 0.1.0",
    description = {
      "A reverse dictionary: WordNet's noun glosses, embedded on this machine, inserted through the Milvus SDK into a Tidemark, searched, killed and searched again. With a question and a dictionary that is there already, only asks.",
    })
public final class DemoCommand implements Callable<Integer> {
  static final int DEFAULT_ROWS = 20_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data/demo",
      description = "the data directory (default: ./data/demo)")
  private Path data = Path.of("data/demo");

  @Option(
      names = "--rows",
      paramLabel = "N|all",
      defaultValue = "20000",
      description = "how many glosses (1000 or more), the most used first (default: 20000)")
  private String rows = String.valueOf(DEFAULT_ROWS);

  @Option(
      names = "--rebuild",
      description = "make the dictionary anew even if it is there and a question is given")
  private boolean rebuild;

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      description =
          "instead, write the glosses' vectors as a folder for 'tidemark bench', with 500 of them held out as queries; interrupted, it goes on where it was")
  private @Nullable Path dataset;

  @Parameters(paramLabel = "question", description = "descriptions to find words for")
  private List<String> questions = List.of();

  private DemoCommand() {}

  public static void main(String[] arguments) {
    CommandLine line =
        new CommandLine(new DemoCommand())
            .setExecutionExceptionHandler((e, command, result) -> {
              command
                  .getErr()
                  .println(
                      "tidemark demo: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
              return 1;
            })
            .setParameterExceptionHandler((e, given) -> {
              e.getCommandLine().getErr().println("tidemark demo: " + e.getMessage());
              e.getCommandLine().getErr().println("See tidemark demo --help for its options");
              return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
            });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    CommandSpec command = java.util.Objects.requireNonNull(spec);
    int limit = parseRows(command);
    if (dataset != null) {
      new GlossDataset(dataset, command.commandLine().getOut()).write(limit);
      return 0;
    }
    String launcher = System.getenv("TIDEMARK_LAUNCHER");
    if (launcher == null) {
      throw new CommandLine.ParameterException(
          command.commandLine(), "the demo is run as 'deploy/tidemark demo'");
    }
    Server server = new Server(Path.of(launcher), data);
    server.ensureRunning();
    try {
      new Demo(server, command.commandLine().getOut(), limit).run(questions, rebuild);
    } finally {
      server.stopIfOurs();
    }
    return 0;
  }

  private int parseRows(CommandSpec command) {
    if (rows.equals("all")) {
      return Integer.MAX_VALUE;
    }
    if (!rows.matches("\\d{1,9}") || Integer.parseInt(rows) < 1_000) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "--rows is '" + rows + "': give a number of at least 1000, or all");
    }
    return Integer.parseInt(rows);
  }
}
