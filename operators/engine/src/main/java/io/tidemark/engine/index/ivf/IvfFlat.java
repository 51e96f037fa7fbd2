package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** IVF_FLAT: lists without codes. */
public final class IvfFlat extends IvfFamily {

  public IvfFlat() {
    super(
        IndexType.IVF_FLAT,
        "Lists of rows by their nearest centroid; the nearest lists are read, their vectors scored as they are.");
  }

  @Override
  List<IndexParameter> ownBuildParameters() {
    return List.of();
  }

  @Override
  List<IndexParameter> ownSearchParameters() {
    return List.of();
  }

  @Override
  ListContent content(
      float[] data,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges) {
    return new ListContent.Plain();
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    return new IvfEffort(NPROBE.in(given), 0, 0, MAX_EMPTY_RESULT_BUCKETS.in(given), 1);
  }
}
