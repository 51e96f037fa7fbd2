package io.tidemark.engine.index.graph;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import java.util.List;

/**
 * How a graph is built.
 *
 * @param bottomDegree neighbours of a node at most, on the bottom layer
 * @param upperDegree and on the layers above
 * @param beam candidates kept while a node's neighbours are searched
 */
public record GraphParameters(int bottomDegree, int upperDegree, int beam) {
  private static final int M_DEFAULT = 16;
  private static final int BEAM_DEFAULT = 100;
  private static final int M_MIN = 2;
  private static final int M_MAX = 2048;
  private static final int EF_CONSTRUCTION_MAX = 32_768;

  /**
   * From an index definition: HNSW's {@code M} gives degrees 2M and M, {@code efConstruction} the
   * beam, as they do there; AUTOINDEX, and what is not given, is M 16 and beam 100: more costs
   * build time and wins nothing up to a recall of 0.99.
   *
   * @throws TidemarkException 1100 if a parameter is no integer or out of range
   */
  public static GraphParameters of(IndexDefinition definition) {
    int m = M_DEFAULT;
    int beam = BEAM_DEFAULT;
    if (definition.type() == IndexType.HNSW) {
      m = definition.intParameter("M", m, M_MIN, M_MAX);
      beam = definition.intParameter("efConstruction", beam, 1, EF_CONSTRUCTION_MAX);
    }
    return new GraphParameters(2 * m, m, Math.max(beam, m));
  }

  List<Integer> degrees() {
    return List.of(bottomDegree, upperDegree);
  }
}
