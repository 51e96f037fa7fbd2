package io.tidemark.model.lake;

import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.List;
import java.util.Map;

/**
 * One index file of one sealed segment, as the registry table {@code tidemark.segments} keeps it.
 *
 * @param segmentId stable; a hybrid timestamp
 * @param indexId {@link io.tidemark.model.index.IndexDefinition#id()} it was built for
 * @param sources the segment's data files in order: row ordinals run over them
 * @param version of the index on this segment, from 1
 * @param file location of the index file
 * @param fileBytes its length
 * @param checksum CRC-32C of the whole file
 * @param builder {@code cpu} or {@code gpu}
 * @param buildMs how long the build took
 * @param createdTimestamp hybrid
 */
public record SegmentIndex(
    long segmentId,
    long collectionId,
    String partition,
    int shard,
    List<SourceFile> sources,
    int fieldId,
    long indexId,
    IndexType type,
    Metric metric,
    Map<String, String> parameters,
    int version,
    String file,
    long fileBytes,
    long checksum,
    String builder,
    long buildMs,
    long createdTimestamp) {
  /** A data file and the rows in it, deleted ones included. */
  public record SourceFile(String path, long rows) {}

  public SegmentIndex {
    sources = List.copyOf(sources);
    parameters = Map.copyOf(parameters);
  }

  /** Rows over all sources, deleted ones included. */
  public long rows() {
    return sources.stream().mapToLong(SourceFile::rows).sum();
  }
}
