package io.tidemark.standalone.cli;

import io.tidemark.jobs.MaintenanceJobs;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line's entry; each command is a class of its own. */
@Command(
    name = "tidemark",
    mixinStandardHelpOptions = true,
    version = "tidemark 0.1.0",
    description = "A Milvus-compatible vector database made of a stream and a lake.",
    subcommands = {
      StandaloneCommand.class,
      StatusCommand.class,
      JobsCommand.class,
      ExplainCommand.class,
      RecallCommand.class,
      JobJarCommand.class,
      SqlCommand.class,
      ConnectorJarCommand.class
    })
public final class TidemarkCommand {
  private TidemarkCommand() {}

  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new TidemarkCommand());
    // Their classes make loggers; a server's must not be made before it knows where to log.
    if (arguments.length == 0 || !arguments[0].equals("standalone")) {
      System.setProperty("log4j2.configurationFile", "classpath:log4j2-client.xml");
      addJobs(line);
    }
    System.exit(execute(line, arguments));
  }

  /**
   * Runs a command that asks a running system.
   *
   * @return the exit status
   */
  public static int ask(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new TidemarkCommand());
    addJobs(line);
    return execute(line.setOut(out).setErr(err), arguments);
  }

  private static void addJobs(CommandLine line) {
    MaintenanceJobs.kinds()
        .forEach(kind -> line.addSubcommand(kind.command(), JobCommand.of(kind)));
  }

  private static int execute(CommandLine line, String... arguments) {
    return line.registerConverter(Path.class, TidemarkCommand::path)
        .setExecutionExceptionHandler((e, command, result) -> {
          command.getErr().println("tidemark: " + messageOf(e));
          return 1;
        })
        .setParameterExceptionHandler((e, given) -> {
          CommandLine command = e.getCommandLine();
          command.getErr().println("tidemark: " + e.getMessage());
          UnmatchedArgumentException.printSuggestions(e, command.getErr());
          command
              .getErr()
              .println(
                  "See " + command.getCommandSpec().qualifiedName() + " --help for its options");
          return command.getCommandSpec().exitCodeOnInvalidInput();
        })
        .execute(CatalogOptions.joined(SnapshotArguments.spelledOut(arguments)));
  }

  /** An empty one is a variable of a script that was not set, never the current folder. */
  private static Path path(String text) {
    if (text.isBlank()) {
      throw new TypeConversionException("it is empty; give a path, or . for the current folder");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + text + "' is no path (" + e.getReason() + ")");
    }
  }

  private static String messageOf(Exception e) {
    // The message of these is the path alone.
    if (e instanceof NoSuchFileException file) {
      return "there is no " + file.getFile() + ", or a folder on the way to it is missing";
    }
    if (e instanceof AccessDeniedException file) {
      return "this user may not read or write " + file.getFile();
    }
    if (e instanceof FileSystemException file) {
      String reason = file.getReason() == null ? e.getClass().getSimpleName() : file.getReason();
      return "cannot use " + file.getFile() + ": " + reason;
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String cause = root.getMessage();
    return cause == null || message.contains(cause) ? message : message + " (" + cause + ")";
  }
}
