package io.tidemark.jobs.reembed;

import io.tidemark.model.lake.SegmentIndex.SourceFile;
import java.util.List;

/**
 * Rewrite some data files with vectors.
 *
 * @param sources a segment's files in order, or files of one partition and shard that are none yet
 * @param shard -1 if they do not tell
 */
public record ReembedTask(long collectionId, int shard, List<SourceFile> sources) {
  public ReembedTask {
    sources = List.copyOf(sources);
  }

  /** Dead ones included. */
  public long rows() {
    return sources.stream().mapToLong(SourceFile::rows).sum();
  }
}
