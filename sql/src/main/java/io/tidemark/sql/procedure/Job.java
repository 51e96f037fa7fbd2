package io.tidemark.sql.procedure;

import java.util.Map;

/**
 * A batch job as the server's {@code /admin/jobs} shows it.
 *
 * @param collection {@code DATABASE.NAME}, empty for all collections
 * @param state {@code queued}, {@code running}, {@code done}, {@code failed} or {@code cancelled}
 * @param queuedMs since the epoch, as are {@code startedMs} and {@code endedMs}; 0 for not yet
 * @param message why it failed, or waits
 * @param figures what it did
 */
public record Job(
    String id,
    String kind,
    String collection,
    String asker,
    String state,
    String stage,
    int attempts,
    long tasksPlanned,
    long tasksDone,
    long rowsPlanned,
    long rowsDone,
    long queuedMs,
    long startedMs,
    long endedMs,
    String message,
    Map<String, String> figures) {
  public Job {
    figures = Map.copyOf(figures);
  }

  /** Whether nothing more will happen. */
  public boolean ended() {
    return endedMs > 0;
  }
}
