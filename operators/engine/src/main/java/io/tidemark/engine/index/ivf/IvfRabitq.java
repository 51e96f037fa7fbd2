package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.Refinement;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** IVF_RABITQ: lists with a bit for each number. */
public final class IvfRabitq extends IvfFamily {
  private static final IndexParameter.Decimal REFINE_K = Refinement.refineK(20);
  private static final IndexParameter.Whole RBQ_BITS_QUERY =
      IndexParameter.Whole.of(
          "rbq_bits_query",
          0,
          8,
          0,
          "bits that a number of the query is rounded to; 0 counts as 4, which loses next to nothing");
  private static final int BITS_DEFAULT = 4;

  public IvfRabitq() {
    super(
        IndexType.IVF_RABITQ,
        "Lists with a bit for each number (RaBitQ), the least memory to read; hits are scored by their vectors.");
  }

  @Override
  List<IndexParameter> ownBuildParameters() {
    return List.of(Refinement.REFINE, Refinement.REFINE_TYPE);
  }

  @Override
  List<IndexParameter> ownSearchParameters() {
    return List.of(RBQ_BITS_QUERY, REFINE_K);
  }

  @Override
  ListContent content(
      Vectors vectors,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges)
      throws InterruptedException {
    return new ListContent.Signs(
        RabitqCodes.of(dense(vectors), lists, definition.metric(), ranges));
  }

  @Override
  long codeBytes(Map<String, String> given, int dimension, long rows) {
    return 8 * (RabitqCodes.words(dimension) + 1L) * rows;
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    int bits = RBQ_BITS_QUERY.in(given);
    return new IvfEffort(
        NPROBE.in(given),
        Refinement.candidates(REFINE_K, given, k),
        bits == 0 ? BITS_DEFAULT : bits,
        MAX_EMPTY_RESULT_BUCKETS.in(given),
        0.4);
  }
}
