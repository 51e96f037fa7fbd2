package io.tidemark.jobs.coordinate;

import io.tidemark.jobs.LogAndLake;
import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.launch.FlinkAddress;
import io.tidemark.jobs.coordinate.launch.JobRunner;
import io.tidemark.jobs.coordinate.record.JobRecord;
import io.tidemark.jobs.stream.StreamingRun;
import io.tidemark.stores.embedded.EmbeddedBroker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** A coordinator on a real cluster, over a real log and a lake on disk. */
final class CoordinatedCluster implements AutoCloseable {
  private static final long LIMIT_MS = 120_000;

  final LogAndLake system;
  final JobRequests requests;
  private final MiniCluster cluster;
  private final CoordinatorConfig config;
  private final JobRunner runner;
  private @Nullable JobID job;

  private CoordinatedCluster(
      LogAndLake system, MiniCluster cluster, CoordinatorConfig config, JobRunner runner) {
    this.system = system;
    this.cluster = cluster;
    this.config = config;
    this.runner = runner;
    this.requests = JobRequests.open(system.log, system.control);
  }

  /**
   * @param runner null for the real jobs
   */
  static CoordinatedCluster open(
      EmbeddedBroker broker,
      Path folder,
      MiniCluster cluster,
      CoordinatorPolicy policy,
      @Nullable JobRunner runner)
      throws Exception {
    LogAndLake system = new LogAndLake(broker, folder);
    URI rest = cluster.getRestAddress().get();
    FlinkAddress address = new FlinkAddress(rest.getHost(), rest.getPort(), List.of());
    CoordinatorConfig config =
        CoordinatorConfig.defaults(
                system.log,
                system.lakeConfig,
                folder.resolve("checkpoints").toUri().toString(),
                address)
            .withPolicy(policy)
            .withCheckpointInterval(Duration.ofMillis(200))
            .withLookEvery(Duration.ofMillis(100));
    return new CoordinatedCluster(
        system,
        cluster,
        config,
        runner == null
            ? new io.tidemark.jobs.coordinate.launch.ClusterJobs(
                system.lakeConfig, system.log, address)
            : runner);
  }

  CoordinatorConfig config() {
    return config;
  }

  /** From the newest checkpoint. */
  void start() throws Exception {
    start(CoordinatorJob.resumeFrom(config));
  }

  void start(Optional<String> checkpoint) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    CoordinatorJob.define(env, config, runner);
    checkpoint.ifPresent(path -> StreamingRun.resume(env, path));
    JobGraph graph = env.getStreamGraph().getJobGraph();
    job = cluster.submitJob(graph).get().getJobID();
    eventually(() -> cluster.getJobStatus(graph.getJobID()).get() == JobStatus.RUNNING);
  }

  void cancel() throws Exception {
    JobID current = job;
    job = null;
    if (current != null && !cluster.getJobStatus(current).get().isGloballyTerminalState()) {
      cluster.cancelJob(current).get();
      eventually(() -> cluster.getJobStatus(current).get().isGloballyTerminalState());
    }
  }

  JobRecord awaitEnd(String requestId) throws Exception {
    eventually(
        () -> requests.record(requestId).filter(record -> record.state().ended()).isPresent());
    return requests.record(requestId).orElseThrow();
  }

  static void eventually(Callable<Boolean> condition) throws Exception {
    long deadline = System.currentTimeMillis() + LIMIT_MS;
    while (!condition.call()) {
      if (System.currentTimeMillis() > deadline) {
        throw new AssertionError("not within " + LIMIT_MS + " ms");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() throws Exception {
    cancel();
    requests.close();
    system.close();
  }
}
