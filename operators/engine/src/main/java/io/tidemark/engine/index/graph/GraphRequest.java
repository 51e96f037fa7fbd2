package io.tidemark.engine.index.graph;

import io.tidemark.engine.vector.FloatVectors;

/**
 * A graph to be built. Immutable; its arrays are the caller's and not to be written to.
 *
 * <p>Not a record, since it has bulk data in it.
 */
public final class GraphRequest {
  private final FloatVectors vectors;
  private final int[] rows;
  private final BuildSpace space;
  private final GraphParameters parameters;
  private final int threads;

  /**
   * @param vectors of all rows of the segment
   * @param rows those to be in the graph, ascending
   * @param threads of this machine that build, from 1
   */
  public GraphRequest(
      FloatVectors vectors, int[] rows, BuildSpace space, GraphParameters parameters, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads, at least 1 builds");
    }
    this.vectors = vectors;
    this.rows = rows;
    this.space = space;
    this.parameters = parameters;
    this.threads = threads;
  }

  public FloatVectors vectors() {
    return vectors;
  }

  /** Rows to be in the graph, ascending; not to be written to. */
  public int[] rows() {
    return rows;
  }

  public BuildSpace space() {
    return space;
  }

  public GraphParameters parameters() {
    return parameters;
  }

  public int threads() {
    return threads;
  }
}
