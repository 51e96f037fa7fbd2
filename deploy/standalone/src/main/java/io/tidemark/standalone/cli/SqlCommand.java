package io.tidemark.standalone.cli;

import io.tidemark.standalone.shell.SqlShell;
import io.tidemark.standalone.shell.Statements;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Flink's own SQL client, with the catalog of a running Tidemark in use. Jobs run in this process
 * unless it is told otherwise, and each statement is waited for.
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
        paramLabel = "STATEMENTS",
        description = "run these, with a semicolon after each")
    private @Nullable String statement;
  }

  private static final String GIVEN = "given.sql";

  @ArgGroup private @Nullable What what;

  @Mixin private DataOption data = new DataOption();

  @Override
  public Integer call() throws Exception {
    String http = data.running().base();
    String grpc = Files.readString(data.directory().resolve("run").resolve("grpc")).strip();
    What given = what;
    try (SqlShell shell = SqlShell.open(opening(grpc, http))) {
      if (given == null) {
        try (Terminal terminal = terminal()) {
          shell.interact(terminal, greeting(grpc));
        }
        return 0;
      }
      return run(shell, given);
    }
  }

  private static int run(SqlShell shell, What given) throws IOException {
    Path folder = Files.createTempDirectory("tidemark-sql");
    ScriptOutput output = new ScriptOutput(System.out);
    try {
      shell.run(script(given, folder).toUri(), () -> terminal(output));
    } finally {
      Files.deleteIfExists(folder.resolve(GIVEN));
      Files.deleteIfExists(folder);
    }
    return output.hasError() ? JobCommand.FAILED : 0;
  }

  private static String greeting(String grpc) {
    return """
    Flink SQL on Tidemark at %s: collections are the tables of catalog 'tidemark'.
    A SELECT reads what is there and ends. To follow changes, until Ctrl-C:
    SET 'execution.runtime-mode'='streaming';
    A statement ends with a semicolon. HELP; lists commands, QUIT; or Ctrl-D leaves.\
    """
        .formatted(grpc);
  }

  /** What is done before the user's first statement. */
  private static List<String> opening(String grpc, String http) {
    return List.of(
        "CREATE CATALOG tidemark WITH ('type'='tidemark', 'endpoint'='%s', 'http-endpoint'='%s')"
            .formatted(grpc, http),
        "USE CATALOG tidemark",
        "SET 'sql-client.execution.result-mode'='tableau'",
        "SET 'table.dml-sync'='true'");
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
    String given = what.statement == null ? "" : what.statement.strip();
    if (what.file != null) {
      if (!Files.isReadable(what.file)) {
        throw new IllegalStateException("no script at " + what.file.toAbsolutePath());
      }
      given = Files.readString(what.file);
    } else if (!given.endsWith(";")) {
      given += ";";
    }
    return Files.writeString(folder.resolve(GIVEN), Statements.onLines(given) + "\n");
  }
}
