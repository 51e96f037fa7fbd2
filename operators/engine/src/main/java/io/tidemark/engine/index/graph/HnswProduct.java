package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.ProductCodes;
import io.tidemark.engine.index.quantise.ProductParameters;
import io.tidemark.engine.index.quantise.Refinement;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** HNSW_PQ and HNSW_PRQ: a graph walked by product-quantised codes of one level or of more. */
public final class HnswProduct extends CodedGraphFamily {
  private final boolean levelled;
  private final IndexParameter.Whole parts;
  private final int numbersPerPart;

  private HnswProduct(
      IndexType type, String about, float refineK, boolean levelled, String share, int each) {
    super(type, about, refineK);
    this.levelled = levelled;
    this.parts = ProductParameters.parts(share);
    this.numbersPerPart = each;
  }

  /** HNSW_PQ. */
  public static HnswProduct ofOneLevel() {
    return new HnswProduct(
        IndexType.HNSW_PQ,
        "HNSW walked by product-quantised codes; hits are scored by their vectors.",
        8,
        false,
        "a quarter",
        4);
  }

  /** HNSW_PRQ. */
  public static HnswProduct ofLevels() {
    return new HnswProduct(
        IndexType.HNSW_PRQ,
        "HNSW_PQ with codes of several levels, each of what the ones before leave of a vector.",
        8,
        true,
        "an eighth",
        8);
  }

  @Override
  public void checkBuild(Map<String, String> given, int dimension) {
    super.checkBuild(given, dimension);
    ProductParameters.check(parts, given, dimension);
    ProductParameters.checkLength(parts(given, dimension), levels(given), dimension);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    List<IndexParameter> all =
        new ArrayList<>(List.of(GraphParameters.M, GraphParameters.EF_CONSTRUCTION, parts));
    if (levelled) {
      all.add(ProductParameters.LEVELS);
    }
    all.add(ProductParameters.BITS);
    all.add(Refinement.REFINE);
    all.add(Refinement.REFINE_TYPE);
    return List.copyOf(all);
  }

  private int parts(Map<String, String> given, int dimension) {
    return ProductParameters.parts(parts, given, dimension, numbersPerPart);
  }

  private int levels(Map<String, String> given) {
    return levelled ? ProductParameters.LEVELS.in(given) : 1;
  }

  @Override
  VectorCodes codes(DenseVectors vectors, CodeRows rows, IndexDefinition definition, int threads)
      throws InterruptedException {
    Map<String, String> given = definition.parameters();
    return ProductCodes.of(
        vectors,
        rows,
        parts(given, vectors.dimension()),
        ProductParameters.BITS.in(given),
        levels(given),
        definition.metric(),
        threads);
  }

  @Override
  long codeBytes(IndexDefinition definition, FieldSchema field, long rows) {
    Map<String, String> given = definition.parameters();
    return ProductParameters.bytes(
        rows, field.dimension(), parts(given, field.dimension()), levels(given), given);
  }
}
