package io.tidemark.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Where a native library comes from: the file that a system property names, or this module's jar,
 * if it was built with one. What is loaded is a private copy: rebuilding or replacing the file does
 * no harm to a process that runs.
 */
final class LibraryFile {
  private final String name;
  private final String property;

  /**
   * @param name as the linker knows it, without {@code lib} and {@code .so}
   * @param property that may hold a path
   */
  LibraryFile(String name, String property) {
    this.name = name;
    this.property = property;
  }

  /**
   * A copy that only this user can write to; the caller deletes it.
   *
   * @throws IOException saying where it was looked for
   */
  Path copy() throws IOException {
    Path copy = Files.createTempFile("tidemark-" + name, ".so");
    boolean complete = false;
    try (InputStream in = open()) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      complete = true;
      return copy;
    } finally {
      if (!complete) {
        Files.deleteIfExists(copy);
      }
    }
  }

  private InputStream open() throws IOException {
    @Nullable String path = System.getProperty(property);
    if (path != null) {
      Path file = Path.of(path);
      if (!Files.isRegularFile(file)) {
        throw new IOException(
            "no file " + path + ", which the system property " + property + " names");
      }
      return Files.newInputStream(file);
    }
    String resource = "native/lib" + name + ".so";
    InputStream in = LibraryFile.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IOException(
          "this build is without lib"
              + name
              + ".so, and the system property "
              + property
              + " names none");
    }
    return in;
  }
}
