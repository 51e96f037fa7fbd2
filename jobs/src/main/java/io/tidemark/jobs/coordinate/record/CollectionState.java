package io.tidemark.jobs.coordinate.record;

/**
 * What the coordinator knows of a collection and does with it; JSON under {@code
 * state/collection/ID}.
 *
 * @param phase what happens with it now
 * @param jobId the request that waits or runs, empty for none, like {@code jobKind}
 * @param rows deleted ones included
 * @param smallFiles in the partition and shard that has most of them
 * @param growing segments that may still grow
 * @param sealed segments that wait for an index
 * @param failures jobs that failed in a row
 * @param message why the last job did not end well, empty if it did
 * @param sinceMs wall clock: in this phase since
 */
public record CollectionState(
    long collectionId,
    String database,
    String name,
    Phase phase,
    String jobId,
    String jobKind,
    long rows,
    long bytes,
    int files,
    int smallFiles,
    int deleteFiles,
    int growing,
    int sealed,
    int indexed,
    int failures,
    String message,
    long sinceMs) {
  /** What happens with a collection. */
  public enum Phase {
    /** Nothing is to be done. */
    IDLE,
    /** A job waits for its turn. */
    WAITING,
    /** A job runs. */
    RUNNING,
    /** The last job failed; the next is asked for after a pause. */
    PAUSING
  }
}
