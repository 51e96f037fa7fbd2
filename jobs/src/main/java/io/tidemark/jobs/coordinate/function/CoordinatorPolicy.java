package io.tidemark.jobs.coordinate.function;

import io.tidemark.jobs.index.IndexLimits;
import java.io.Serializable;
import java.time.Duration;

/**
 * The numbers by which the coordinator decides.
 *
 * @param limits when unindexed files become a segment
 * @param jobsAtOnce over all collections; an index build may run beside them
 * @param retryFirst after a job of a collection failed, the next is not asked for before this
 * @param retryMax the pause doubles with each failure in a row up to this
 * @param checkEvery who waits for a job asks again this often, in case a message was lost
 * @param compactFilesMin so many more small files than the last compaction left ask for one
 * @param compactDeletesMin or so many more delete files
 * @param smallFileBytes a data file below is small
 * @param compactEvery the least time between two compactions of a collection; zero for never any by
 *     need
 * @param channelStall a pchannel whose position stands still so long is being assigned anew
 * @param droppedKept how long a dropped segment's state can be seen
 */
public record CoordinatorPolicy(
    IndexLimits limits,
    int jobsAtOnce,
    Duration retryFirst,
    Duration retryMax,
    Duration checkEvery,
    int compactFilesMin,
    int compactDeletesMin,
    long smallFileBytes,
    Duration compactEvery,
    Duration channelStall,
    Duration droppedKept)
    implements Serializable {
  public static final CoordinatorPolicy DEFAULTS =
      new CoordinatorPolicy(
          IndexLimits.DEFAULTS,
          1,
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          16,
          16,
          16L << 20,
          Duration.ofMinutes(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10));

  public CoordinatorPolicy {
    if (jobsAtOnce < 1 || compactFilesMin < 2 || compactDeletesMin < 1 || smallFileBytes < 1) {
      throw new IllegalArgumentException(
          "jobs at once "
              + jobsAtOnce
              + ", small files to compact "
              + compactFilesMin
              + " below "
              + smallFileBytes
              + " bytes, delete files "
              + compactDeletesMin
              + ": at least 1, 2, 1 and 1");
    }
    if (retryFirst.isNegative()
        || retryFirst.isZero()
        || retryMax.compareTo(retryFirst) < 0
        || checkEvery.toMillis() < 1) {
      throw new IllegalArgumentException(
          "retries after " + retryFirst + " to " + retryMax + ", checks every " + checkEvery);
    }
  }

  public boolean compactsByNeed() {
    return !compactEvery.isZero();
  }

  public CoordinatorPolicy withLimits(IndexLimits other) {
    return new CoordinatorPolicy(
        other,
        jobsAtOnce,
        retryFirst,
        retryMax,
        checkEvery,
        compactFilesMin,
        compactDeletesMin,
        smallFileBytes,
        compactEvery,
        channelStall,
        droppedKept);
  }

  public CoordinatorPolicy withJobsAtOnce(int jobs) {
    return new CoordinatorPolicy(
        limits,
        jobs,
        retryFirst,
        retryMax,
        checkEvery,
        compactFilesMin,
        compactDeletesMin,
        smallFileBytes,
        compactEvery,
        channelStall,
        droppedKept);
  }

  public CoordinatorPolicy withRetries(Duration first, Duration max) {
    return new CoordinatorPolicy(
        limits,
        jobsAtOnce,
        first,
        max,
        checkEvery,
        compactFilesMin,
        compactDeletesMin,
        smallFileBytes,
        compactEvery,
        channelStall,
        droppedKept);
  }

  public CoordinatorPolicy withCompaction(int files, int deletes, Duration every) {
    return new CoordinatorPolicy(
        limits,
        jobsAtOnce,
        retryFirst,
        retryMax,
        checkEvery,
        files,
        deletes,
        smallFileBytes,
        every,
        channelStall,
        droppedKept);
  }

  public CoordinatorPolicy withCheckEvery(Duration every) {
    return new CoordinatorPolicy(
        limits,
        jobsAtOnce,
        retryFirst,
        retryMax,
        every,
        compactFilesMin,
        compactDeletesMin,
        smallFileBytes,
        compactEvery,
        channelStall,
        droppedKept);
  }
}
