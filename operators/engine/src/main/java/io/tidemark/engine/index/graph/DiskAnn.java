package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.ProductCodes;
import io.tidemark.engine.index.quantise.ProductParameters;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * DISKANN: a graph of a high degree, pruned as Vamana's is (Subramanya et al., <i>DiskANN</i>,
 * 2019), walked by product-quantised codes of a given budget, and hits scored by the vectors. All
 * of it is in memory.
 */
public final class DiskAnn extends CodedGraphFamily {
  private static final IndexParameter.Whole MAX_DEGREE =
      IndexParameter.Whole.of(
          "max_degree", 1, 512, 56, "neighbours of a row at most; less than 2 counts as 2");
  private static final IndexParameter.Whole SEARCH_LIST_SIZE =
      IndexParameter.Whole.of(
          "search_list_size",
          1,
          Integer.MAX_VALUE,
          100,
          "candidates kept while a row's neighbours are looked for; more than 32768 count as that");
  private static final IndexParameter.Decimal CODE_SHARE =
      new IndexParameter.Decimal(
          "pq_code_budget_gb_ratio",
          0,
          0.25f,
          0.125f,
          "bytes of a code for each byte of a vector, about: a divisor of the dimension, 8 at least or the dimension");
  private static final IndexParameter.Decimal CACHE_SHARE =
      new IndexParameter.Decimal(
          "search_cache_budget_gb_ratio", 0, 0.3f, 0.1f, "taken and not needed: all is in memory");
  private static final IndexParameter.Whole SEARCH_LIST =
      IndexParameter.Whole.derived(
              "search_list",
              1,
              Integer.MAX_VALUE,
              "k + max(40, k / 4), less in one of several segments",
              "candidates kept while searching: more find more and cost more")
          .notBelowK();

  public DiskAnn() {
    super(
        IndexType.DISKANN,
        "A graph of more neighbours, walked by product-quantised codes; hits are scored by their vectors. For clients that name it: here vectors, graph and codes are all in memory, so that HNSW costs less and finds the same.",
        1);
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return IndexFamily.metricsOfFloats(vectors);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of(MAX_DEGREE, SEARCH_LIST_SIZE, CODE_SHARE, CACHE_SHARE);
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return List.of(SEARCH_LIST);
  }

  @Override
  GraphParameters graphParameters(IndexDefinition definition) {
    return GraphParameters.ofDegree(
        Math.max(2, MAX_DEGREE.in(definition.parameters())),
        SEARCH_LIST_SIZE.in(definition.parameters()));
  }

  @Override
  int candidates(SearchParameters parameters, int k) {
    return SearchEffort.candidates(k, SEARCH_LIST.in(parameters.given()), parameters.share());
  }

  @Override
  VectorCodes codes(DenseVectors vectors, CodeRows rows, IndexDefinition definition, int threads)
      throws InterruptedException {
    int parts = parts(definition, vectors.type(), vectors.dimension());
    int bits = ProductParameters.BITS.fallback();
    return ProductCodes.of(vectors, rows, parts, bits, 1, definition.metric(), threads);
  }

  /** The divisor of the dimension next to the budget, below it if that is at least half of it. */
  private static int parts(IndexDefinition definition, DataType type, int dimension) {
    double budget = CODE_SHARE.in(definition.parameters()) * type.vectorBytes(dimension);
    int most = (int) Math.clamp(budget, ProductParameters.enough(dimension), dimension);
    for (int parts = most; 2 * parts > most; parts--) {
      if (dimension % parts == 0) {
        return parts;
      }
    }
    return ProductParameters.divisor(most, dimension);
  }

  @Override
  long codeBytes(IndexDefinition definition, FieldSchema field, long rows) {
    int parts = parts(definition, field.type(), field.dimension());
    return ProductParameters.bytes(rows, field.dimension(), parts, 1, Map.of());
  }
}
