package io.tidemark.standalone.shell;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.client.cli.CliClient;
import org.apache.flink.table.client.cli.CliOptions.EmbeddedCliOptions;
import org.apache.flink.table.client.gateway.DefaultContextUtils;
import org.apache.flink.table.client.gateway.Executor;
import org.apache.flink.table.client.gateway.SqlExecutionException;
import org.apache.flink.table.gateway.service.context.DefaultContext;
import org.jline.terminal.Terminal;

/**
 * A session of Flink SQL: its client and its gateway, both in this process. Flink's settings are
 * those of the folder that {@code FLINK_CONF_DIR} names. Not thread-safe.
 */
public final class SqlShell implements AutoCloseable {
  private static final String SESSION = "tidemark";

  private final PatientGateway gateway;
  private final Executor executor;
  private final Path history = Path.of(System.getProperty("user.home"), ".flink-sql-history");

  private SqlShell(PatientGateway gateway, Executor executor) {
    this.gateway = gateway;
    this.executor = executor;
  }

  /**
   * @param opening statements that are run first
   * @throws IllegalStateException if one of them fails, with Flink's or the server's own words
   */
  public static SqlShell open(List<String> opening) throws Exception {
    DefaultContext context =
        DefaultContextUtils.buildDefaultContext(
            new EmbeddedCliOptions(
                false,
                SESSION,
                null,
                null,
                null,
                List.of(),
                List.of(),
                new Configuration(),
                new Properties()));
    PatientGateway gateway = PatientGateway.start(context);
    try {
      SqlShell shell = new SqlShell(gateway, Executor.create(context, gateway.address(), SESSION));
      opening.forEach(shell::begin);
      return shell;
    } catch (RuntimeException e) {
      gateway.close();
      throw e;
    }
  }

  private void begin(String statement) {
    try {
      executor.configureSession(statement);
    } catch (SqlExecutionException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new IllegalStateException(
          "the shell did not open: " + (cause.getMessage() == null ? cause : cause.getMessage()),
          e);
    }
  }

  /** Reads statements from a terminal until its user leaves. */
  public void interact(Terminal terminal, String greeting) {
    new Dialogue(executor, terminal, history).run(greeting);
  }

  /** Runs a script, up to the first statement that fails. Errors are said on the terminal only. */
  public void run(URI script, Supplier<Terminal> terminal) {
    try (CliClient client = new CliClient(terminal, executor, history)) {
      client.executeInNonInteractiveMode(script);
    }
  }

  @Override
  public void close() throws Exception {
    try {
      executor.close();
    } finally {
      gateway.close();
      ShellCluster.close();
    }
  }
}
