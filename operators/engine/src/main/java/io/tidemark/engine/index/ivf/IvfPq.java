package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.ProductCodes;
import io.tidemark.engine.index.quantise.ProductParameters;
import io.tidemark.engine.index.quantise.Refinement;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** IVF_PQ: lists with product-quantised codes. */
public final class IvfPq extends IvfFamily {
  private static final IndexParameter.Decimal REFINE_K = Refinement.refineK(8);
  private static final IndexParameter.Whole PARTS = ProductParameters.parts("a quarter");
  private static final int NUMBERS_PER_PART = 4;

  public IvfPq() {
    super(
        IndexType.IVF_PQ, "Lists with product-quantised codes; hits are scored by their vectors.");
  }

  @Override
  public void checkBuild(Map<String, String> given, int dimension) {
    super.checkBuild(given, dimension);
    ProductParameters.check(PARTS, given, dimension);
  }

  @Override
  List<IndexParameter> ownBuildParameters() {
    return List.of(PARTS, ProductParameters.BITS, Refinement.REFINE, Refinement.REFINE_TYPE);
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
      RowRanges ranges)
      throws InterruptedException {
    int dimension = lists.centroids().dimension();
    Map<String, String> given = definition.parameters();
    return new ListContent.Coded(
        ProductCodes.of(
            dense(vectors),
            CodeRows.inOrder(lists.rows()),
            ProductParameters.parts(PARTS, given, dimension, NUMBERS_PER_PART),
            ProductParameters.BITS.in(given),
            1,
            definition.metric(),
            threads));
  }

  @Override
  long codeBytes(Map<String, String> given, int dimension, long rows) {
    int parts = ProductParameters.parts(PARTS, given, dimension, NUMBERS_PER_PART);
    return ProductParameters.bytes(rows, dimension, parts, 1, given);
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    return new IvfEffort(
        NPROBE.in(given),
        Refinement.candidates(REFINE_K, given, k),
        0,
        MAX_EMPTY_RESULT_BUCKETS.in(given),
        0.6);
  }
}
