package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** Lists without codes. */
abstract sealed class IvfPlain extends IvfFamily permits IvfFlat, BinIvfFlat {

  IvfPlain(IndexType type, String about) {
    super(type, about);
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
      Vectors vectors,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges) {
    return new ListContent.Plain();
  }

  @Override
  long codeBytes(Map<String, String> given, int dimension, long rows) {
    return 0;
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    return new IvfEffort(NPROBE.in(given), 0, 0, MAX_EMPTY_RESULT_BUCKETS.in(given), 1);
  }
}
