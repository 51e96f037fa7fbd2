package io.tidemark.standalone.status;

import io.tidemark.jobs.stream.JobSupervisor;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.time.HybridTimestamp;
import java.time.Duration;
import org.apache.flink.api.common.JobStatus;

/**
 * Whether writes reach the tables and reads work. Without the coordinator both do, so it is merely
 * degraded then. Thread-safe.
 */
public final class Health {
  private static final long COMMITTED_LAG_SLACK_MS = 30_000;

  private final ControlStore control;
  private final JobSupervisor ingest;
  private final JobSupervisor coordinator;
  private final long committedLagMaxMs;

  /**
   * @param window of the ingest job
   */
  public Health(
      ControlStore control, JobSupervisor ingest, JobSupervisor coordinator, Duration window) {
    this.control = control;
    this.ingest = ingest;
    this.coordinator = coordinator;
    this.committedLagMaxMs = window.toMillis() + COMMITTED_LAG_SLACK_MS;
  }

  /** How it is. */
  public enum State {
    OK,
    /** Writes and reads work, something else does not. */
    DEGRADED,
    FAILING
  }

  /**
   * @param reason empty if all is well
   */
  public record Finding(State state, String reason, JobStatus ingest, JobStatus coordinator) {}

  public Finding look() throws Exception {
    JobStatus ingesting = ingest.status();
    JobStatus coordinating = coordinator.status();
    if (ingesting != JobStatus.RUNNING) {
      return new Finding(State.FAILING, "the ingest job is " + ingesting, ingesting, coordinating);
    }
    // It moves with every tick while the broker, the job and the tables are well.
    long lagMs = committedLagMs();
    if (lagMs > committedLagMaxMs) {
      return new Finding(
          State.FAILING,
          "nothing was committed for " + lagMs + " ms, the limit is " + committedLagMaxMs + " ms",
          ingesting,
          coordinating);
    }
    return coordinating == JobStatus.RUNNING
        ? new Finding(State.OK, "", ingesting, coordinating)
        : new Finding(
            State.DEGRADED,
            "the coordinator is " + coordinating + ": no batch job starts",
            ingesting,
            coordinating);
  }

  /** The age of the global position: everything logged before is committed. */
  long committedLagMs() {
    return control.list(ControlKeys.POSITION).values().stream()
        .mapToLong(position -> behindMs(Long.parseLong(position)))
        .max()
        .orElse(0);
  }

  /** How long ago a hybrid timestamp was. */
  static long behindMs(long timestamp) {
    return Math.max(0, System.currentTimeMillis() - HybridTimestamp.physicalMs(timestamp));
  }
}
