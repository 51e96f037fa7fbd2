package io.tidemark.jobs.stream;

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
 * Keeps a job running on a cluster in this process: starts it from the newest checkpoint, and
 * should it ever end by itself (the checkpoint cannot be restored, or ten restarts in a row
 * failed), again without one. Thread-safe.
 */
public final class JobSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobSupervisor.class);
  private static final long CHECK_EVERY_MS = 1000;
  private static final long CANCEL_WAIT_MS = 30_000;

  private final Cluster cluster;
  private final StreamingJob definition;
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

  private JobSupervisor(Cluster cluster, StreamingJob definition) {
    this.cluster = cluster;
    this.definition = definition;
    this.checks =
        Executors.newSingleThreadScheduledExecutor(runnable -> {
          Thread thread = new Thread(runnable, definition.name() + "-supervisor");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Submits the job, and looks after it until closed. */
  public static JobSupervisor start(Cluster cluster, StreamingJob definition) throws Exception {
    JobSupervisor supervisor = new JobSupervisor(cluster, definition);
    supervisor.submit(definition.resumeFrom());
    var unused =
        supervisor.checks.scheduleWithFixedDelay(
            supervisor::check, CHECK_EVERY_MS, CHECK_EVERY_MS, TimeUnit.MILLISECONDS);
    return supervisor;
  }

  private synchronized void submit(Optional<String> checkpoint) throws Exception {
    StreamExecutionEnvironment env = cluster.environment();
    definition.define(env);
    checkpoint.ifPresent(path -> StreamingRun.resume(env, path));
    job = cluster.submit(env.getStreamGraph().getJobGraph());
    LOG.info(
        "job submitted name={} id={} from={}",
        definition.name(),
        job,
        checkpoint.orElse("no checkpoint"));
  }

  private synchronized void check() {
    JobID current = job;
    if (current == null) {
      return;
    }
    try {
      if (cluster.status(current) == JobStatus.FAILED) {
        LOG.error(
            "job failed for good, it starts again without a checkpoint name={} id={}",
            definition.name(),
            current);
        submit(Optional.empty());
      }
    } catch (Exception e) {
      LOG.error(
          "job could not be checked or submitted, tried again name={} in_ms={}",
          definition.name(),
          CHECK_EVERY_MS,
          e);
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
        LOG.warn(
            "job is still ending name={} id={} waited_ms={}",
            definition.name(),
            current,
            CANCEL_WAIT_MS);
        return;
      }
      Thread.sleep(20);
    }
  }
}
