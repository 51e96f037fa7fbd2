package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.IndexParameter;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.List;

/**
 * How a graph is built.
 *
 * @param bottomDegree neighbours of a node at most, on the bottom layer
 * @param upperDegree and on the layers above
 * @param beam candidates kept while a node's neighbours are searched
 */
public record GraphParameters(int bottomDegree, int upperDegree, int beam) {
  public static final IndexParameter.Whole M =
      IndexParameter.Whole.of(
          "M", 2, 2048, 16, "neighbours of a row on the upper layers; twice as many on the lowest");
  public static final IndexParameter.Whole EF_CONSTRUCTION =
      IndexParameter.Whole.of(
          "efConstruction",
          1,
          Integer.MAX_VALUE,
          100,
          "candidates kept while a row's neighbours are looked for; more than 32768 count as that");
  public static final IndexParameter.Whole EF =
      IndexParameter.Whole.derived(
              "ef",
              1,
              32_768,
              "k + max(40, k / 4), less in one of several segments",
              "candidates kept while searching: more find more and cost more")
          .notBelowK();

  private static final int BEAM_MAX = 32_768;
  private static final long NEIGHBOUR_BYTES = 16;

  /**
   * From an index definition: HNSW's {@code M} gives degrees 2M and M, {@code efConstruction} the
   * beam, as they do there; AUTOINDEX, and what is not given, is M 16 and beam 100: more costs
   * build time and wins nothing up to a recall of 0.99.
   *
   * @throws TidemarkException 1100 if a parameter is no integer or out of range
   */
  public static GraphParameters of(IndexDefinition definition) {
    int m = M.fallback();
    int beam = EF_CONSTRUCTION.fallback();
    if (definition.type() != IndexType.AUTOINDEX) {
      m = M.in(definition.parameters());
      beam = EF_CONSTRUCTION.in(definition.parameters());
    }
    return ofDegree(2 * m, beam);
  }

  /** With half as many neighbours on the upper layers, and a beam that is no less and no waste. */
  static GraphParameters ofDegree(int degree, int beam) {
    return new GraphParameters(degree, degree / 2, Math.max(Math.min(beam, BEAM_MAX), degree / 2));
  }

  /**
   * Heap that a build takes at most about: 16 bytes for each neighbour that a row may have, while
   * lists grow and are copied, and the vectors as floats if they are others.
   */
  long buildBytes(FieldSchema field, long rows) {
    int floats = field.type() == DataType.FLOAT_VECTOR ? 0 : Float.BYTES * field.dimension();
    return (NEIGHBOUR_BYTES * bottomDegree + floats) * rows;
  }

  List<Integer> degrees() {
    return List.of(bottomDegree, upperDegree);
  }
}
