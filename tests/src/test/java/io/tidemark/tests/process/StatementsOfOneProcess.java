package io.tidemark.tests.process;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/**
 * A Flink cluster that runs its arguments, but for the first, as SQL, in a process that has this
 * class alone of all that are beside it. With its REST port in the file that the first names it
 * then stays, until its input ends.
 */
final class StatementsOfOneProcess {
  private static final int SLOTS = 4;

  private StatementsOfOneProcess() {}

  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.BIND_PORT, "0");
    try (MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumSlotsPerTaskManager(SLOTS)
                .build())) {
      cluster.start();
      int port = cluster.getRestAddress().get().getPort();
      Configuration remote = new Configuration();
      remote.set(DeploymentOptions.TARGET, "remote");
      remote.set(RestOptions.ADDRESS, "localhost");
      remote.set(RestOptions.PORT, port);
      remote.setString("parallelism.default", "1");
      TableEnvironment tables =
          TableEnvironment.create(
              EnvironmentSettings.newInstance().inBatchMode().withConfiguration(remote).build());
      for (int i = 1; i < arguments.length; i++) {
        TableResult result = tables.executeSql(arguments[i]);
        result.await();
        result.collect().forEachRemaining(System.out::println);
      }
      Path written = Files.writeString(Path.of(arguments[0] + ".part"), Integer.toString(port));
      Files.move(written, Path.of(arguments[0]));
      while (System.in.read() >= 0) {
        // Whoever started it says when it is over.
      }
    }
    System.exit(0);
  }
}
