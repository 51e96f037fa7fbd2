package io.tidemark.standalone.shell;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The Flink of this process, where statements run with {@code 'execution.target'='shell'}. It
 * starts with the first that needs it and stays: Flink's own target {@code local} starts and ends a
 * cluster for each, which takes longer than most statements, and what a failed one had to say may
 * be lost with its cluster.
 */
final class ShellCluster {
  /** What {@code execution.target} calls it. */
  static final String TARGET = "shell";

  private static final String LOOPBACK = "localhost";

  private static @Nullable MiniCluster cluster;

  private ShellCluster() {}

  static boolean isMeant(Configuration configuration) {
    return TARGET.equalsIgnoreCase(configuration.get(DeploymentOptions.TARGET));
  }

  /** Writes its address into a copy, for those of Flink's classes that find a cluster by it. */
  static Configuration addressed(Configuration configuration) {
    Configuration addressed = new Configuration(configuration);
    addressed.set(RestOptions.ADDRESS, LOOPBACK);
    addressed.set(RestOptions.PORT, port(configuration));
    return addressed;
  }

  private static synchronized int port(Configuration configuration) {
    if (cluster == null) {
      cluster = start(configuration);
    }
    return cluster.getRestAddress().join().getPort();
  }

  private static MiniCluster start(Configuration settings) {
    Configuration configuration = new Configuration(settings);
    configuration.set(RestOptions.ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(JobManagerOptions.ADDRESS, LOOPBACK);
    configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    MiniCluster started =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setCommonBindAddress(LOOPBACK)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
                .build());
    try {
      started.start();
    } catch (Exception e) {
      throw new IllegalStateException(
          "Flink did not start in the shell's process: " + e.getMessage(), e);
    }
    return started;
  }

  /** Ends it with everything that runs there. */
  static synchronized void close() throws Exception {
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }
}
