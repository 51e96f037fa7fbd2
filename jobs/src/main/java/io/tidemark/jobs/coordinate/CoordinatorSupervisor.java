package io.tidemark.jobs.coordinate;

import io.tidemark.jobs.ingest.IngestSupervisor.Cluster;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the coordinator running on a cluster in this process: starts it from the newest checkpoint,
 * and should it ever end by itself, from lake and control store alone, which always suffice.
 * Thread-safe.
 */
public final class CoordinatorSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorSupervisor.class);
  private static final long CHECK_EVERY_MS = 1000;
  private static final long CANCEL_WAIT_MS = 30_000;

  private final Cluster cluster;
  private final CoordinatorConfig config;
  private final ScheduledExecutorService checks;
  private @Nullable JobID job;

  private CoordinatorSupervisor(Cluster cluster, CoordinatorConfig config) {
    this.cluster = cluster;
    this.config = config;
    this.checks =
        Executors.newSingleThreadScheduledExecutor(runnable -> {
          Thread thread = new Thread(runnable, "coordinator-supervisor");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Submits the job, and looks after it until closed. */
  public static CoordinatorSupervisor start(Cluster cluster, CoordinatorConfig config)
      throws Exception {
    CoordinatorSupervisor supervisor = new CoordinatorSupervisor(cluster, config);
    supervisor.submit(CoordinatorJob.resumeFrom(config));
    var unused =
        supervisor.checks.scheduleWithFixedDelay(
            supervisor::check, CHECK_EVERY_MS, CHECK_EVERY_MS, TimeUnit.MILLISECONDS);
    return supervisor;
  }

  private synchronized void submit(Optional<String> checkpoint) throws Exception {
    StreamExecutionEnvironment env = cluster.environment();
    CoordinatorJob.define(env, config);
    checkpoint.ifPresent(path -> CoordinatorJob.resume(env, path));
    job = cluster.submit(env.getStreamGraph().getJobGraph());
    LOG.info("coordinator submitted id={} from={}", job, checkpoint.orElse("lake and control"));
  }

  private synchronized void check() {
    JobID current = job;
    if (current == null) {
      return;
    }
    try {
      if (cluster.status(current) == JobStatus.FAILED) {
        LOG.error(
            "coordinator failed for good, it starts again without a checkpoint id={}", current);
        submit(Optional.empty());
      }
    } catch (Exception e) {
      LOG.error(
          "coordinator could not be checked or submitted, tried again in {} ms", CHECK_EVERY_MS, e);
    }
  }

  /** The job's current id. */
  public synchronized Optional<JobID> job() {
    return Optional.ofNullable(job);
  }

  public synchronized JobStatus status() throws Exception {
    JobID current = job;
    return current == null ? JobStatus.INITIALIZING : cluster.status(current);
  }

  /** Cancels the job, whose checkpoints stay, and waits for it. */
  @Override
  public synchronized void close() throws Exception {
    checks.shutdownNow();
    JobID current = job;
    job = null;
    if (current == null || cluster.status(current).isGloballyTerminalState()) {
      return;
    }
    cluster.cancel(current);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CANCEL_WAIT_MS);
    while (!cluster.status(current).isGloballyTerminalState()) {
      if (System.nanoTime() > deadline) {
        LOG.warn("coordinator is still ending id={} waited_ms={}", current, CANCEL_WAIT_MS);
        return;
      }
      Thread.sleep(20);
    }
  }
}
