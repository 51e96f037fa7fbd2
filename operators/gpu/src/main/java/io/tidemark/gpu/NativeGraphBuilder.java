package io.tidemark.gpu;

import io.tidemark.engine.index.FlatGraph;
import io.tidemark.engine.index.GraphBuildException;
import io.tidemark.engine.index.GraphBuilder;
import io.tidemark.engine.index.GraphRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A builder in a native library, which is loaded when first asked for. Safe for concurrent use. */
abstract sealed class NativeGraphBuilder implements GraphBuilder
    permits GpuGraphBuilder, TwinGraphBuilder {
  private final String name;
  private final LibraryFile file;

  private @Nullable NativeLibrary library;
  private @Nullable String reason;

  NativeGraphBuilder(String name, LibraryFile file) {
    this.name = name;
    this.file = file;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> unavailable() {
    NativeLibrary loaded;
    try {
      loaded = library();
    } catch (GraphBuildException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    // Asked each time: a GPU may have been lost, or come back.
    NativeLibrary.Answer device = loaded.device(NativeBuild.DEVICE);
    return device.code() == NativeCode.OK ? Optional.empty() : Optional.of(device.message());
  }

  /** What it runs on, such as the GPU's name; or why it does not. */
  String device() {
    try {
      return library().device(NativeBuild.DEVICE).message();
    } catch (GraphBuildException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public FlatGraph build(GraphRequest request, IntConsumer progress)
      throws GraphBuildException, InterruptedException {
    return new NativeBuild(library(), request, NativeBuild.Limits.OF_THIS_MACHINE).run(progress);
  }

  /** The library; once it could not be loaded it is not tried again. */
  final synchronized NativeLibrary library() throws GraphBuildException {
    if (library == null && reason == null) {
      try {
        library = NativeLibrary.load(file);
      } catch (IOException e) {
        reason = e.getMessage();
      }
    }
    if (library == null) {
      throw new GraphBuildException(name + ": " + reason);
    }
    return library;
  }
}
