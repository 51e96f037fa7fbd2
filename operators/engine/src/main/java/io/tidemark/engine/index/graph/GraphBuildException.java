package io.tidemark.engine.index.graph;

/**
 * A builder could not build a graph that another one can: no device, one that fails, too little
 * memory, parameters beyond its means.
 */
public final class GraphBuildException extends Exception {
  private static final long serialVersionUID = 1L;

  public GraphBuildException(String message) {
    super(message);
  }

  public GraphBuildException(String message, Throwable cause) {
    super(message, cause);
  }
}
