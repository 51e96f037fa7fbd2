package io.tidemark.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What the running process says of itself to scripts: a file each, there while it runs. */
final class RunFiles {
  private static final String[] NAMES = {"ready", "grpc", "http", "flink-web", "log", "pid"};

  private final Path folder;

  /**
   * @param folder of a data directory that this process has locked
   */
  RunFiles(Path folder) {
    this.folder = folder;
  }

  /** Whole or not at all. */
  void write(String name, String content) throws IOException {
    Path draft = folder.resolve(name + ".tmp");
    Files.writeString(draft, content + "\n");
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  void removeAll() throws IOException {
    for (String name : NAMES) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }
}
