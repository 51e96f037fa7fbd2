package io.tidemark.gpu;

/**
 * Builds graphs on the first CUDA device that the process sees. The system property {@code
 * tidemark.gpu.library} names the library, if not the one in this module's jar.
 */
public final class GpuGraphBuilder extends NativeGraphBuilder {
  public GpuGraphBuilder() {
    super("gpu", new LibraryFile("tidemark_gpu", "tidemark.gpu.library"));
  }
}
