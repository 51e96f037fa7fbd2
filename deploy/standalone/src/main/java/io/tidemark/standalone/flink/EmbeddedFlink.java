package io.tidemark.standalone.flink;

import io.tidemark.jobs.coordinate.launch.FlinkAddress;
import io.tidemark.jobs.stream.JobSupervisor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster in this process, its ports on loopback only. */
public final class EmbeddedFlink implements JobSupervisor.Cluster, AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  private final MiniCluster cluster;
  private final FlinkAddress address;

  private EmbeddedFlink(MiniCluster cluster, FlinkAddress address) {
    this.cluster = cluster;
    this.address = address;
  }

  /**
   * Starts the cluster.
   *
   * @param checkpoints where jobs keep theirs
   * @param slots tasks at once, of all jobs
   * @param port of the REST interface and the web interface; 0 takes a free one
   */
  public static EmbeddedFlink start(Path checkpoints, Path temporary, int slots, int port)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_PORT, Integer.toString(port));
    // Jars that somebody uploads would run as this process.
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    // Jobs are cancelled where they are asked for, so that their records say so.
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(WebOptions.TMP_DIR, temporary.resolve("web").toString());
    configuration.set(JobManagerOptions.ADDRESS, LOOPBACK);
    configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(org.apache.flink.configuration.CoreOptions.TMP_DIRS, temporary.toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    configuration.set(MetricOptions.SYSTEM_RESOURCE_METRICS, false);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setCommonBindAddress(LOOPBACK)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    cluster.start();
    return new EmbeddedFlink(
        cluster, new FlinkAddress(LOOPBACK, cluster.getRestAddress().get().getPort(), List.of()));
  }

  /**
   * An environment whose {@code execute} and {@code executeAsync} run on this cluster through its
   * REST interface, as they would on any other; its graphs are also good for {@link #submit}.
   */
  @Override
  public StreamExecutionEnvironment environment() {
    return address.environment(EmbeddedFlink.class.getClassLoader());
  }

  /** Submits a job that goes on by itself. */
  @Override
  public JobID submit(JobGraph job) throws InterruptedException, ExecutionException {
    return cluster.submitJob(job).get().getJobID();
  }

  @Override
  public JobStatus status(JobID job) throws InterruptedException, ExecutionException {
    return cluster.getJobStatus(job).get();
  }

  @Override
  public void cancel(JobID job) throws InterruptedException, ExecutionException {
    cluster.cancelJob(job).get();
  }

  /** The REST interface, which also serves Flink's own web pages. */
  public FlinkAddress address() {
    return address;
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
