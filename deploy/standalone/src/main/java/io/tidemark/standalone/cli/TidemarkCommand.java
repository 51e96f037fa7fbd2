package io.tidemark.standalone.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line's entry; each command is a class of its own. */
@Command(
    name = "tidemark",
    mixinStandardHelpOptions = true,
    version = "tidemark 0.1.0",
    description = "A Milvus-compatible vector database made of a stream and a lake.",
    subcommands = {StandaloneCommand.class, StatusCommand.class, IndexCommand.class})
public final class TidemarkCommand {
  private TidemarkCommand() {}

  public static void main(String[] arguments) {
    CommandLine line =
        new CommandLine(new TidemarkCommand())
            .setExecutionExceptionHandler((e, command, result) -> {
              command.getErr().println("tidemark: " + messageOf(e));
              return 1;
            });
    System.exit(line.execute(arguments));
  }

  private static String messageOf(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
