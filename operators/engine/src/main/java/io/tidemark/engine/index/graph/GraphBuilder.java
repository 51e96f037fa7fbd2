package io.tidemark.engine.index.graph;

import io.tidemark.engine.index.BuildDevice;
import java.util.function.IntConsumer;

/**
 * A way of building graphs. All of them give the same kind of graph, so that files and searches do
 * not differ. Others than this module's own are found at run time as services, see {@link
 * GraphBuilders}; they have a public constructor without parameters that does no work. Safe for
 * concurrent use.
 */
public interface GraphBuilder extends BuildDevice {
  /**
   * The same on another device of this machine, for one whose work is on devices.
   *
   * @param ordinal from 0
   */
  default GraphBuilder onDevice(int ordinal) {
    return this;
  }

  /**
   * Builds the graph.
   *
   * @param progress hears a few times a second, on the calling thread, how many rows are done; an
   *     exception it throws ends the build and comes out of here
   * @throws GraphBuildException if it cannot; nothing of it is left running
   * @throws InterruptedException if the calling thread is interrupted; the build ends
   */
  FlatGraph build(GraphRequest request, IntConsumer progress)
      throws GraphBuildException, InterruptedException;
}
