package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.SearchParameters;

/** How many candidates a search of a graph keeps, by the parameters of its family. */
@FunctionalInterface
interface GraphEffort {
  GraphEffort OF_HNSW =
      (parameters, k) ->
          SearchEffort.candidates(k, GraphParameters.EF.in(parameters.given()), parameters.share());

  /**
   * @param parameters of the search, checked
   * @param k hits wanted
   */
  int candidates(SearchParameters parameters, int k);
}
