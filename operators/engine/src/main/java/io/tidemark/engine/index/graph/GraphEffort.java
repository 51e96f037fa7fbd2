package io.tidemark.engine.index.graph;

import java.util.Map;

/** How many candidates a search of a graph keeps, by the parameters of its family. */
@FunctionalInterface
interface GraphEffort {
  GraphEffort OF_HNSW = (given, k) -> SearchEffort.candidates(k, GraphParameters.EF.in(given));

  /**
   * @param given parameters of the search, checked
   * @param k hits wanted
   */
  int candidates(Map<String, String> given, int k);
}
