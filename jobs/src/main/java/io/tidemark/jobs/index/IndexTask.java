package io.tidemark.jobs.index;

import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import java.util.List;

/**
 * Build one index file: one segment, one or more fields.
 *
 * @param segmentId a new one, or the segment's whose index was defined anew
 * @param sources its data files in order
 * @param definitions one per field to index
 * @param version of the index on this segment, from 1
 */
public record IndexTask(
    long collectionId,
    long segmentId,
    String partition,
    int shard,
    List<SegmentIndex.SourceFile> sources,
    List<IndexDefinition> definitions,
    int version) {
  public IndexTask {
    sources = List.copyOf(sources);
    definitions = List.copyOf(definitions);
  }

  public long rows() {
    return sources.stream().mapToLong(SegmentIndex.SourceFile::rows).sum();
  }
}
