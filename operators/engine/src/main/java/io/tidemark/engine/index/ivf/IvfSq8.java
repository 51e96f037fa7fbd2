package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.index.quantise.ScalarCodes;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** IVF_SQ8: lists with a byte for each number. */
public final class IvfSq8 extends IvfFamily {
  private static final IndexParameter.Decimal REFINE_K = refineK(2);

  private final int nprobe;

  public IvfSq8() {
    this(NPROBE.fallback());
  }

  /** With another default of {@code nprobe}. */
  IvfSq8(int nprobe) {
    super(
        IndexType.IVF_SQ8,
        "IVF_FLAT over a byte for each number, which reads a quarter of the memory; hits are scored by their vectors.");
    this.nprobe = nprobe;
  }

  @Override
  List<IndexParameter> ownBuildParameters() {
    return List.of(REFINE, REFINE_TYPE);
  }

  @Override
  List<IndexParameter> ownSearchParameters() {
    return List.of(REFINE_K);
  }

  @Override
  ListContent content(
      float[] data,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges) {
    return new ListContent.Coded(
        ScalarCodes.of(data, lists.centroids().dimension(), lists.rows(), definition.metric()));
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    return new IvfEffort(
        given.containsKey(NPROBE.name()) ? NPROBE.in(given) : nprobe,
        candidates(REFINE_K, given, k),
        0,
        MAX_EMPTY_RESULT_BUCKETS.in(given),
        0.6);
  }
}
