package io.tidemark.gpu;

import io.tidemark.engine.index.graph.FlatGraph;
import io.tidemark.engine.index.graph.GraphBuildException;
import io.tidemark.engine.index.graph.GraphBuilder;
import io.tidemark.engine.index.graph.GraphRequest;
import java.util.Optional;
import java.util.function.IntConsumer;

/** A builder in a native library. Safe for concurrent use. */
abstract sealed class NativeGraphBuilder implements GraphBuilder
    permits GpuGraphBuilder, TwinGraphBuilder {
  private final String name;
  private final LoadedLibrary library;
  private final NativeBuild.Limits limits;

  NativeGraphBuilder(String name, LoadedLibrary library, NativeBuild.Limits limits) {
    this.name = name;
    this.library = library;
    this.limits = limits;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> unavailable() {
    try {
      // Asked each time: a GPU may have been lost, or come back.
      NativeLibrary.Answer device = library.get().device(limits.device());
      return device.code() == NativeCode.OK ? Optional.empty() : Optional.of(device.message());
    } catch (GraphBuildException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public FlatGraph build(GraphRequest request, IntConsumer progress)
      throws GraphBuildException, InterruptedException {
    return new NativeBuild(library.get(), request, limits).run(progress);
  }
}
