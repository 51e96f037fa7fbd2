package io.tidemark.jobs.reindex;

import io.tidemark.jobs.index.IndexTask;
import io.tidemark.model.lake.SegmentIndex;
import java.util.List;

/**
 * Compare two indexes on one segment.
 *
 * @param segment its files, and a definition that tells field and metric
 * @param before its index in use, one or none: then it is searched exactly
 * @param after its candidate, one or none
 * @param queries live rows whose vectors are asked for
 * @param k neighbours asked for, the row itself left out
 * @param ef candidates that each search keeps, 0 for the default
 * @param seed of the sample
 */
public record RecallTask(
    IndexTask segment,
    List<SegmentIndex> before,
    List<SegmentIndex> after,
    int queries,
    int k,
    int ef,
    long seed) {
  public RecallTask {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }
}
