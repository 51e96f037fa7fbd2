package io.tidemark.tests.sql;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/** Runs its arguments as SQL, in a process that has this class alone of all that are beside it. */
final class StatementsOfOneProcess {
  private StatementsOfOneProcess() {}

  public static void main(String[] statements) throws Exception {
    TableEnvironment tables =
        TableEnvironment.create(EnvironmentSettings.newInstance().inBatchMode().build());
    for (String statement : statements) {
      TableResult result = tables.executeSql(statement);
      result.await();
      result.collect().forEachRemaining(System.out::println);
    }
    System.exit(0);
  }
}
