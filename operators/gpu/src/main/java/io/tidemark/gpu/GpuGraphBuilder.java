package io.tidemark.gpu;

import io.tidemark.engine.index.graph.GraphBuilder;

/**
 * Builds graphs on a CUDA device. The system property {@code tidemark.gpu.library} names the
 * library, if not the one in this module's jar.
 */
public final class GpuGraphBuilder extends NativeGraphBuilder {
  private static final LoadedLibrary LIBRARY =
      new LoadedLibrary(new LibraryFile("tidemark_gpu", "tidemark.gpu.library"));

  /** On the first device that the process sees. */
  public GpuGraphBuilder() {
    this(0);
  }

  private GpuGraphBuilder(int device) {
    super("gpu", LIBRARY, NativeBuild.Limits.none(device));
  }

  @Override
  public GraphBuilder onDevice(int ordinal) {
    return new GpuGraphBuilder(ordinal);
  }
}
