package io.tidemark.serving.read.load;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.LakeFile;
import java.util.List;

/**
 * Data files to be loaded as one segment.
 *
 * @param files in the order of the segment's rows
 * @param indexes over exactly these files, at most one per field
 */
public record SegmentPlan(List<LakeFile> files, List<SegmentIndex> indexes) {
  public SegmentPlan {
    files = List.copyOf(files);
    indexes = List.copyOf(indexes);
  }

  /** What tells the segment's rows: the files' locations. */
  public List<String> locations() {
    return files.stream().map(LakeFile::path).toList();
  }

  public long rows() {
    return files.stream().mapToLong(LakeFile::rows).sum();
  }
}
