package io.tidemark.tests.sql;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * One MiniCluster for all jobs of this JVM, so that none starts its own: most of a short
 * statement's time would go into that. It ends with the JVM.
 */
final class SharedFlink {
  private static final int SLOTS = 48;

  private static @Nullable MiniCluster cluster;

  private SharedFlink() {}

  /** For an environment whose jobs are to run there. */
  static synchronized Configuration configuration() {
    if (cluster == null) {
      cluster = start();
    }
    Configuration configuration = new Configuration();
    configuration.set(DeploymentOptions.TARGET, "remote");
    configuration.set(RestOptions.ADDRESS, cluster.getRestAddress().join().getHost());
    configuration.set(RestOptions.PORT, cluster.getRestAddress().join().getPort());
    return configuration;
  }

  private static MiniCluster start() {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.BIND_PORT, "0");
    // Taken when it is needed only; a statement in batch mode wants some in each of its slots.
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64L * SLOTS));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
    MiniCluster started =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
    try {
      started.start();
    } catch (Exception e) {
      throw new IllegalStateException("Flink's MiniCluster did not start", e);
    }
    return started;
  }
}
