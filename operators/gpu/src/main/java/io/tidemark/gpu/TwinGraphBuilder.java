package io.tidemark.gpu;

/**
 * The same build on the CPU, to check the GPU's against; nothing takes it unasked. The system
 * property {@code tidemark.gpu.twin} names the library, if not the one in this module's jar.
 */
public final class TwinGraphBuilder extends NativeGraphBuilder {
  private static final LoadedLibrary LIBRARY =
      new LoadedLibrary(new LibraryFile("tidemark_twin", "tidemark.gpu.twin"));

  public TwinGraphBuilder() {
    this(NativeBuild.Limits.none(0));
  }

  TwinGraphBuilder(NativeBuild.Limits limits) {
    super("cpu-twin", LIBRARY, limits);
  }
}
