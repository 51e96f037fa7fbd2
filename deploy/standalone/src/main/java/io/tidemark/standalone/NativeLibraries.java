package io.tidemark.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where SQLite unpacks its native library. Left to itself, it takes the system's temporary folder
 * and leaves one more copy there with every process that was killed or halted.
 */
final class NativeLibraries {
  private static final String PROPERTY = "org.sqlite.tmpdir";

  private NativeLibraries() {}

  /**
   * Clears the folder of what earlier processes left, and has the library unpacked there.
   *
   * @param folder inside a data directory that this process has locked
   */
  static void keepIn(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Path> stale;
    try (var files = Files.list(folder)) {
      stale = files.toList();
    }
    for (Path file : stale) {
      Files.deleteIfExists(file);
    }
    System.setProperty(PROPERTY, folder.toString());
  }
}
