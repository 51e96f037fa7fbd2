package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.Refinement;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.index.quantise.ScalarCodes;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** IVF_SQ8: lists with a byte for each number. */
public final class IvfSq8 extends IvfFamily {
  private static final IndexParameter.Decimal REFINE_K = Refinement.refineK(2);

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
    return List.of(Refinement.REFINE, Refinement.REFINE_TYPE);
  }

  @Override
  List<IndexParameter> ownSearchParameters() {
    return List.of(REFINE_K);
  }

  @Override
  ListContent content(
      Vectors vectors,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges) {
    return new ListContent.Coded(
        ScalarCodes.of(dense(vectors), CodeRows.inOrder(lists.rows()), definition.metric()));
  }

  @Override
  long codeBytes(Map<String, String> given, int dimension, long rows) {
    return (dimension + 4L) * rows;
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    return new IvfEffort(
        given.containsKey(NPROBE.name()) ? NPROBE.in(given) : nprobe,
        Refinement.candidates(REFINE_K, given, k),
        0,
        MAX_EMPTY_RESULT_BUCKETS.in(given),
        0.6);
  }
}
