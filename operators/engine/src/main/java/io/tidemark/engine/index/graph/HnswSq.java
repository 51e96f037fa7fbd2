package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.quantise.CodeRows;
import io.tidemark.engine.index.quantise.HalfCodes;
import io.tidemark.engine.index.quantise.Refinement;
import io.tidemark.engine.index.quantise.ScalarCodes;
import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseVectors;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.schema.FieldSchema;
import java.util.List;

/** HNSW_SQ: a graph walked by a byte or by 16 bits for each number. */
public final class HnswSq extends CodedGraphFamily {
  private static final String BYTES = "SQ8";
  private static final String BRAINS = "BF16";
  private static final IndexParameter.Choice SQ_TYPE =
      new IndexParameter.Choice(
          "sq_type",
          "scalar quantizer type",
          List.of(BYTES, BRAINS, "FP16"),
          BYTES,
          "a byte for each number, or 16 bits; SQ4U and SQ6 are not there");

  public HnswSq() {
    super(
        IndexType.HNSW_SQ,
        "HNSW walked by a byte (or 16 bits) for each number, which reads a quarter of the memory (or half); hits are scored by their vectors.",
        1);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of(
        GraphParameters.M,
        GraphParameters.EF_CONSTRUCTION,
        SQ_TYPE,
        Refinement.REFINE,
        Refinement.REFINE_TYPE);
  }

  @Override
  VectorCodes codes(DenseVectors vectors, CodeRows rows, IndexDefinition definition, int threads) {
    String type = SQ_TYPE.in(definition.parameters());
    return type.equals(BYTES)
        ? ScalarCodes.of(vectors, rows, definition.metric())
        : HalfCodes.of(vectors, rows, type.equals(BRAINS));
  }

  @Override
  long codeBytes(IndexDefinition definition, FieldSchema field, long rows) {
    int bytes = SQ_TYPE.in(definition.parameters()).equals(BYTES) ? Byte.BYTES : Short.BYTES;
    return ((long) bytes * field.dimension() + Float.BYTES) * rows;
  }
}
