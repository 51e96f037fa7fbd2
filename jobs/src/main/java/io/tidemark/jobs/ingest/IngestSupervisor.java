package io.tidemark.jobs.ingest;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ingest job running on a cluster in this process: starts it from the newest checkpoint,
 * and should it ever end by itself (the checkpoint cannot be restored, or ten restarts in a row
 * failed), again from log and lake alone, which always suffice. Thread-safe.
 */
public final class IngestSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestSupervisor.class);
  private static final long CHECK_EVERY_MS = 1000;
  private static final long CANCEL_WAIT_MS = 20_000;

  private final Cluster cluster;
  private final IngestConfig config;
  private final ScheduledExecutorService checks;
  private @Nullable JobID job;

  /** What is needed of a cluster. */
  public interface Cluster {
    StreamExecutionEnvironment environment();

    JobID submit(JobGraph graph) throws Exception;

    JobStatus status(JobID submitted) throws Exception;

    /** Asks for it; returns before the job has ended. */
    void cancel(JobID submitted) throws Exception;
  }

  private IngestSupervisor(Cluster cluster, IngestConfig config) {
    this.cluster = cluster;
    this.config = config;
    this.checks =
        Executors.newSingleThreadScheduledExecutor(runnable -> {
          Thread thread = new Thread(runnable, "ingest-supervisor");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Submits the job, and looks after it until closed. */
  public static IngestSupervisor start(Cluster cluster, IngestConfig config) throws Exception {
    IngestSupervisor supervisor = new IngestSupervisor(cluster, config);
    supervisor.submit(IngestJob.resumeFrom(config));
    var unused =
        supervisor.checks.scheduleWithFixedDelay(
            supervisor::check, CHECK_EVERY_MS, CHECK_EVERY_MS, TimeUnit.MILLISECONDS);
    return supervisor;
  }

  private synchronized void submit(Optional<String> checkpoint) throws Exception {
    StreamExecutionEnvironment env = cluster.environment();
    IngestJob.define(env, config);
    checkpoint.ifPresent(path -> IngestJob.resume(env, path));
    JobGraph graph = env.getStreamGraph().getJobGraph();
    job = cluster.submit(graph);
    LOG.info("ingest job submitted id={} from={}", job, checkpoint.orElse("log and lake"));
  }

  private synchronized void check() {
    JobID current = job;
    if (current == null) {
      return;
    }
    try {
      JobStatus status = cluster.status(current);
      if (status == JobStatus.FAILED) {
        LOG.error("ingest job failed for good, it starts again from log and lake id={}", current);
        submit(Optional.empty());
      }
    } catch (Exception e) {
      LOG.error(
          "ingest job could not be checked or submitted, tried again in {} ms", CHECK_EVERY_MS, e);
    }
  }

  /** The job's current id. */
  public synchronized Optional<JobID> job() {
    return Optional.ofNullable(job);
  }

  /** Whether all is well as far as the cluster knows. */
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
        LOG.warn("ingest job is still ending id={} waited_ms={}", current, CANCEL_WAIT_MS);
        return;
      }
      Thread.sleep(20);
    }
  }
}
