package io.tidemark.jobs.compact;

import java.util.List;

/**
 * Data files to be handled together.
 *
 * @param firstSegmentId hybrid; this one and the next {@code segmentIds - 1} are the task's own
 * @param segmentIds how many; 0 for {@link Work#CONVERT}
 * @param files locations, oldest first; of {@link Work#CONVERT} all that deletes hit
 * @param rows in them, deleted ones included
 * @param expireBefore rows with a smaller timestamp are left out; 0 for none
 * @param segmentBytes what is written is split to files of about this size
 * @param segmentRows and of so many rows
 */
public record CompactTask(
    Work work,
    long collectionId,
    long firstSegmentId,
    int segmentIds,
    List<String> files,
    long rows,
    long bytes,
    long expireBefore,
    long segmentBytes,
    long segmentRows) {
  /** What is done with the files. */
  public enum Work {
    /** They are merged, without the deleted rows. */
    REWRITE,
    /** They stay; all deletes become position deletes, one file for each data file. */
    CONVERT
  }

  public CompactTask {
    files = List.copyOf(files);
  }
}
