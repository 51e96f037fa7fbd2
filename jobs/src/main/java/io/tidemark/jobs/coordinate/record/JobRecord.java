package io.tidemark.jobs.coordinate.record;

import io.tidemark.jobs.run.JobRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a requested job is; JSON in the control store under {@code job/ID}.
 *
 * @param attempts how often it was started
 * @param stage what it does now, in words
 * @param tasksPlanned as far as it has planned yet, like {@code rowsPlanned}
 * @param queuedMs wall clock, as are {@code startedMs} (of the last attempt) and {@code endedMs}; 0
 *     for not yet
 * @param message why it failed, or waits
 * @param figures what it did, in the order to be shown
 */
public record JobRecord(
    JobRequest request,
    State state,
    int attempts,
    String stage,
    long tasksPlanned,
    long tasksDone,
    long rowsPlanned,
    long rowsDone,
    long queuedMs,
    long startedMs,
    long endedMs,
    String message,
    Map<String, String> figures) {
  public JobRecord {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /** The life of a request. */
  public enum State {
    QUEUED,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    /** Whether nothing more will happen. */
    public boolean ended() {
      return switch (this) {
        case QUEUED, RUNNING -> false;
        case DONE, FAILED, CANCELLED -> true;
      };
    }
  }

  public static JobRecord queued(JobRequest request, long nowMs) {
    return new JobRecord(request, State.QUEUED, 0, "", 0, 0, 0, 0, nowMs, 0, 0, "", Map.of());
  }

  /** Another attempt begins. */
  public JobRecord started(long nowMs) {
    return new JobRecord(
        request, State.RUNNING, attempts + 1, "", 0, 0, 0, 0, queuedMs, nowMs, 0, "", Map.of());
  }

  public JobRecord withStage(String what) {
    return new JobRecord(
        request,
        state,
        attempts,
        what,
        tasksPlanned,
        tasksDone,
        rowsPlanned,
        rowsDone,
        queuedMs,
        startedMs,
        endedMs,
        message,
        figures);
  }

  public JobRecord withPlanned(long moreTasks, long moreRows) {
    return new JobRecord(
        request,
        state,
        attempts,
        stage,
        tasksPlanned + moreTasks,
        tasksDone,
        rowsPlanned + moreRows,
        rowsDone,
        queuedMs,
        startedMs,
        endedMs,
        message,
        figures);
  }

  public JobRecord withDone(long tasks, long rows) {
    return new JobRecord(
        request,
        state,
        attempts,
        stage,
        tasksPlanned,
        tasks,
        rowsPlanned,
        rows,
        queuedMs,
        startedMs,
        endedMs,
        message,
        figures);
  }

  public JobRecord ended(State how, String why, Map<String, String> did, long nowMs) {
    return new JobRecord(
        request,
        how,
        attempts,
        stage,
        tasksPlanned,
        tasksDone,
        rowsPlanned,
        rowsDone,
        queuedMs,
        startedMs,
        nowMs,
        why,
        did);
  }

  public String toJson() {
    return RecordJson.write(this);
  }

  /**
   * @throws IllegalArgumentException if it is no job record
   */
  public static JobRecord ofJson(@Nullable String json) {
    if (json == null) {
      throw new IllegalArgumentException("no job record: null");
    }
    return RecordJson.read(json, JobRecord.class);
  }
}
