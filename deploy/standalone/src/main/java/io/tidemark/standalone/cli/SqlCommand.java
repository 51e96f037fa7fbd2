package io.tidemark.standalone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.client.SqlClient;
import org.apache.flink.table.client.cli.CliOptions.EmbeddedCliOptions;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Flink's own SQL client, with the catalog of a running Tidemark in use. Jobs run in this process:
 * with a file or a statement each is waited for, in the shell they end with it.
 */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Opens Flink's SQL client on a running Tidemark, its collections as tables of the catalog 'tidemark'.",
      "With -f or -e runs what is given, each statement to its end, and stops at the first that fails."
    })
final class SqlCommand implements Callable<Integer> {
  static final class What {
    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "run this script")
    private @Nullable Path file;

    @Option(
        names = {"-e", "--execute"},
        paramLabel = "STATEMENT",
        description = "run these statements")
    private @Nullable String statement;
  }

  @ArgGroup private @Nullable What what;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory (default: ./data)")
  private Path data = Path.of("data");

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("tidemark-sql");
    try {
      Path opening = folder.resolve("opening.sql");
      Files.writeString(opening, opening(data, what != null));
      ScriptOutput output = new ScriptOutput(System.out);
      open(
          what == null ? SqlCommand::terminal : () -> terminal(output),
          new EmbeddedCliOptions(
              false,
              "tidemark",
              opening.toUri(),
              what == null ? null : script(what, folder).toUri(),
              null,
              List.of(),
              List.of(),
              new Configuration(),
              new Properties()));
      return output.hasError() ? JobCommand.FAILED : 0;
    } finally {
      Files.deleteIfExists(folder.resolve("opening.sql"));
      Files.deleteIfExists(folder.resolve("given.sql"));
      Files.deleteIfExists(folder);
    }
  }

  /**
   * Its main method parses options with Flink's Python libraries, which would be here for that
   * alone.
   */
  private static void open(Supplier<Terminal> terminal, EmbeddedCliOptions options)
      throws Exception {
    Method start = SqlClient.class.getDeclaredMethod("start");
    start.setAccessible(true);
    try {
      start.invoke(new SqlClient(false, options, terminal));
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static Terminal terminal() {
    try {
      return TerminalBuilder.builder().name("tidemark sql").build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What needs no terminal is read the same from a pipe. */
  private static Terminal terminal(ScriptOutput output) {
    try {
      return TerminalBuilder.builder()
          .name("tidemark sql")
          .dumb(true)
          .system(false)
          .streams(InputStream.nullInputStream(), output)
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path script(What what, Path folder) throws IOException {
    if (what.file != null) {
      if (!Files.isReadable(what.file)) {
        throw new IllegalStateException("no script at " + what.file.toAbsolutePath());
      }
      return what.file.toAbsolutePath();
    }
    String statement = what.statement == null ? "" : what.statement.strip();
    return Files.writeString(
        folder.resolve("given.sql"), statement + (statement.endsWith(";") ? "\n" : ";\n"));
  }

  /** What is done before the user's first statement. */
  private static String opening(Path data, boolean waits) throws IOException {
    String http = RunningTidemark.on(data).base();
    String grpc = Files.readString(data.resolve("run").resolve("grpc")).strip();
    return """
    CREATE CATALOG tidemark WITH ('type'='tidemark', 'endpoint'='%s', 'http-endpoint'='%s');
    USE CATALOG tidemark;
    SET 'sql-client.execution.result-mode'='tableau';
    SET 'table.dml-sync'='%s';
    """
        .formatted(grpc, http, waits);
  }
}
