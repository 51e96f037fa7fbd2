package io.tidemark.engine.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** An index in memory, to be written into a file as one blob. Immutable. */
public interface BuiltIndex {
  /** Property of a blob that names its format and version. */
  String FORMAT = "format";

  /** The format and its version, which is the blob's type in its container too. */
  String format();

  /**
   * Writes the blob, creating the file if it is not there.
   *
   * @return its bytes
   */
  default long writeTo(Path file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      return writeTo(channel, offset);
    }
  }

  /**
   * Writes the blob into an open file.
   *
   * @return its bytes
   */
  long writeTo(FileChannel channel, long offset) throws IOException;

  /** What {@link IndexFamily#open} wants back, and what helps people who look at the file. */
  Map<String, String> properties();

  /** The name of what built it, such as {@code cpu}. */
  String builder();

  /** Rows in the index. */
  int size();
}
