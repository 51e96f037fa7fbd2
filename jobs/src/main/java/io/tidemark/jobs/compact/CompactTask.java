package io.tidemark.jobs.compact;

import java.util.List;

/**
 * Data files to be handled together.
 *
 * @param segmentId of what they become, a new one; unused by {@link Work#CONVERT}
 * @param files locations, oldest first
 * @param rows in them, deleted ones included
 * @param expireBefore rows with a smaller timestamp are left out; 0 for none
 */
public record CompactTask(
    Work work,
    long collectionId,
    long segmentId,
    String partition,
    int shard,
    List<String> files,
    long rows,
    long bytes,
    long expireBefore) {
  /** What is done with the files. */
  public enum Work {
    /** They are merged into one without the deleted rows. */
    REWRITE,
    /** They stay; the equality deletes on them become position deletes. */
    CONVERT
  }

  public CompactTask {
    files = List.copyOf(files);
  }
}
