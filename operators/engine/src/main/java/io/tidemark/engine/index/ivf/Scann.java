package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.ProductCodes;
import io.tidemark.engine.index.quantise.ProductParameters;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;
import java.util.Map;

/** SCANN: lists with product-quantised codes of 4 bits. */
public final class Scann extends IvfFamily {
  private static final IndexParameter.Whole SUB_DIM =
      IndexParameter.Whole.of(
          "sub_dim",
          1,
          65_536,
          2,
          "numbers that share a code of 4 bits; a divisor of the dimension");
  private static final IndexParameter.Flag WITH_RAW_DATA =
      new IndexParameter.Flag(
          "with_raw_data", true, "taken and not needed: the vectors are always the segment's own");
  private static final IndexParameter.Whole REORDER_K =
      IndexParameter.Whole.derived(
              "reorder_k",
              1,
              Integer.MAX_VALUE,
              "max(40, 10 k)",
              "hits kept by their codes and scored by their vectors")
          .notBelowK();
  private static final int BITS = 4;

  /** So few parts of 4 bits would not tell rows apart. */
  private static final int FEW_PARTS = 8;

  private static final int BITS_OF_FEW = 8;
  private static final int CANDIDATES_MIN = 40;
  private static final int CANDIDATES_FACTOR = 10;

  public Scann() {
    super(
        IndexType.SCANN,
        "Lists with product-quantised codes of 4 bits, hits scored by their vectors: as ScaNN does, but with codes that minimise the distance in all directions alike.");
  }

  @Override
  public void checkBuild(Map<String, String> given, int dimension) {
    super.checkBuild(given, dimension);
    int shared = SUB_DIM.in(given);
    if (given.containsKey(SUB_DIM.name()) && dimension % shared != 0) {
      throw TidemarkException.invalid(
          "The dimension of a vector (dim) should be a multiple of sub_dim. Dimension:"
              + dimension
              + ", sub_dim:"
              + shared);
    }
  }

  @Override
  List<IndexParameter> ownBuildParameters() {
    return List.of(SUB_DIM, WITH_RAW_DATA);
  }

  @Override
  List<IndexParameter> ownSearchParameters() {
    return List.of(REORDER_K);
  }

  /** By default in an odd dimension every number has a code of its own. */
  @Override
  ListContent content(
      Vectors vectors,
      InvertedLists lists,
      IndexDefinition definition,
      int threads,
      RowRanges ranges)
      throws InterruptedException {
    int dimension = lists.centroids().dimension();
    int shared = SUB_DIM.in(definition.parameters());
    int parts = dimension % shared == 0 ? dimension / shared : dimension;
    return new ListContent.Coded(
        ProductCodes.of(
            dense(vectors),
            CodeRows.inOrder(lists.rows()),
            parts,
            parts < FEW_PARTS ? BITS_OF_FEW : BITS,
            1,
            definition.metric(),
            threads));
  }

  @Override
  long codeBytes(Map<String, String> given, int dimension, long rows) {
    return ProductParameters.bytes(rows, dimension, dimension, 1, Map.of());
  }

  @Override
  IvfEffort effort(Map<String, String> given, int k) {
    int asked = REORDER_K.in(given);
    int candidates =
        asked > 0
            ? Math.max(asked, k)
            : (int)
                Math.min(
                    Integer.MAX_VALUE - 8L, Math.max(CANDIDATES_MIN, (long) CANDIDATES_FACTOR * k));
    return new IvfEffort(NPROBE.in(given), candidates, 0, MAX_EMPTY_RESULT_BUCKETS.in(given), 0.6);
  }
}
