package io.tidemark.standalone.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command is to write. */
final class WrittenFile {
  private WrittenFile() {}

  /**
   * Its absolute path, if it can be written: told before minutes of work, and before a draft of it
   * lies about.
   *
   * @throws IllegalStateException with the way out
   */
  static Path check(Path given) {
    Path file = given.toAbsolutePath().normalize();
    if (Files.isDirectory(file)) {
      throw new IllegalStateException(file + " is a folder: give the name of a file in it");
    }
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IllegalStateException("there is no folder " + folder + ": make it first");
    }
    if (!Files.isWritable(folder)) {
      throw new IllegalStateException("this user may not write in the folder " + folder);
    }
    return file;
  }
}
