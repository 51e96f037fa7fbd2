package io.tidemark.tests.sql;

import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * A session of Flink SQL with the catalog {@code tidemark} of a running Tidemark in use. Jobs run
 * on {@link SharedFlink} in this JVM.
 */
final class SqlSession {
  static final String CATALOG = "tidemark";
  private static final long LIMIT_S = 120;

  private final TableEnvironment tables;

  private SqlSession(TableEnvironment tables) {
    this.tables = tables;
  }

  static SqlSession batch(TidemarkProcess process) throws IOException {
    return on(
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .inBatchMode()
                .withConfiguration(configuration())
                .build()),
        process);
  }

  static SqlSession streaming(TidemarkProcess process) throws IOException {
    return streaming(new StreamExecutionEnvironment(configuration()), process);
  }

  /** With an environment of the caller's, who has set its checkpoints and parallelism. */
  static SqlSession streaming(StreamExecutionEnvironment environment, TidemarkProcess process)
      throws IOException {
    return on(StreamTableEnvironment.create(environment), process);
  }

  private static Configuration configuration() {
    Configuration configuration = SharedFlink.configuration();
    configuration.setString("parallelism.default", "2");
    configuration.setString("table.exec.sink.not-null-enforcer", "ERROR");
    return configuration;
  }

  private static SqlSession on(TableEnvironment tables, TidemarkProcess process)
      throws IOException {
    tables.executeSql(process.createCatalog(""));
    tables.useCatalog(CATALOG);
    return new SqlSession(tables);
  }

  TableEnvironment tables() {
    return tables;
  }

  /** Runs a statement to its end. */
  void run(String statement) throws Exception {
    tables.executeSql(statement).await(LIMIT_S, TimeUnit.SECONDS);
  }

  /** Starts a statement that does not end by itself; the caller cancels its job. */
  TableResult start(String statement) {
    return tables.executeSql(statement);
  }

  /** Rows of a query that ends. */
  List<Row> rows(String query) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> found = tables.executeSql(query).collect()) {
      found.forEachRemaining(rows::add);
    }
    return rows;
  }

  /** The only column of the only row. */
  String text(String query) throws Exception {
    List<Row> rows = rows(query);
    if (rows.size() != 1) {
      throw new AssertionError("expected one row of " + query + ", got " + rows);
    }
    return String.valueOf(rows.getFirst().getField(0));
  }
}
