package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.ProductCodes;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** IVF_PQ: lists with product-quantised codes. */
public final class IvfPq extends IvfFamily {
  private static final IndexParameter.Decimal REFINE_K = refineK(8);
  private static final IndexParameter.Whole PARTS =
      IndexParameter.Whole.derived(
          "m",
          1,
          65_536,
          "the dimension's least divisor from a quarter of it up",
          "parts of a vector with a code each; a divisor of the dimension");
  private static final IndexParameter.Whole BITS =
      IndexParameter.Whole.of("nbits", 1, 8, 8, "bits of each part's code");

  public IvfPq() {
    super(
        IndexType.IVF_PQ, "Lists with product-quantised codes; hits are scored by their vectors.");
  }

  @Override
  public void checkBuild(Map<String, String> given, int dimension) {
    super.checkBuild(given, dimension);
    int parts = PARTS.in(given);
    if (parts != 0 && dimension % parts != 0) {
      throw TidemarkException.invalid(
          "The dimension of a vector (dim) should be a multiple of the number of subquantizers (m)."
              + " Dimension: "
              + dimension
              + ", m: "
              + parts);
    }
  }

  @Override
  List<IndexParameter> ownBuildParameters() {
    return List.of(PARTS, BITS, REFINE, REFINE_TYPE);
  }

  @Override
  List<IndexParameter> ownSearchParameters() {
    return List.of(REFINE_K);
  }

  @Override
  ListContent content(
      float[] data, InvertedLists lists, IndexDefinition definition, int threads, RowRanges ranges)
      throws InterruptedException {
    int dimension = lists.centroids().dimension();
    int parts = PARTS.in(definition.parameters());
    return new ListContent.Coded(
        ProductCodes.of(
            data,
            dimension,
            lists.rows(),
            parts == 0 ? parts(dimension) : parts,
            BITS.in(definition.parameters()),
            definition.metric(),
            threads));
  }

  private static int parts(int dimension) {
    int parts = (dimension + 3) / 4;
    while (dimension % parts != 0) {
      parts++;
    }
    return parts;
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    return new IvfEffort(
        NPROBE.in(given),
        candidates(REFINE_K, given, k),
        0,
        MAX_EMPTY_RESULT_BUCKETS.in(given),
        0.6);
  }
}
