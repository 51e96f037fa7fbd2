package io.tidemark.gpu;

import io.tidemark.engine.index.graph.GraphBuildException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A library that is loaded when first asked for; what went wrong then is not tried again. Safe for
 * concurrent use.
 */
final class LoadedLibrary {
  private final LibraryFile file;

  private @Nullable NativeLibrary library;
  private @Nullable String failure;

  LoadedLibrary(LibraryFile file) {
    this.file = file;
  }

  synchronized NativeLibrary get() throws GraphBuildException {
    if (library == null && failure == null) {
      try {
        library = NativeLibrary.load(file);
      } catch (IOException e) {
        failure = String.valueOf(e.getMessage());
      }
    }
    if (library == null) {
      throw new GraphBuildException(String.valueOf(failure));
    }
    return library;
  }
}
