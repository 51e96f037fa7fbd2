package io.tidemark.standalone.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which Tidemark a command is about: the one that runs on a data directory. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "the data directory (default: ./data)")
  private Path data = Path.of("data");

  Path directory() {
    return data;
  }

  /**
   * @throws IllegalStateException if none runs there
   */
  RunningTidemark running() throws IOException {
    return RunningTidemark.on(data);
  }
}
