package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code tidemark sql} in a process of its own. */
final class Shell {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final long LIMIT_S = 300;

  private Shell() {}

  /**
   * @param status the exit status
   */
  record Ended(int status, String printed) {}

  static Ended script(TidemarkProcess tidemark, Path folder, String script) throws Exception {
    Path file = Files.writeString(folder.resolve("script.sql"), script);
    return run(tidemark, folder, "", "-f", file.toString());
  }

  static Ended run(TidemarkProcess tidemark, Path folder, String typed, String... options)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + folder,
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.tidemark.standalone.cli.TidemarkCommand",
                "sql",
                "--data",
                tidemark.data().toString()));
    command.addAll(List.of(options));
    Path input = Files.writeString(folder.resolve("typed"), typed);
    Path log = folder.resolve("printed");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("FLINK_CONF_DIR", ROOT.resolve("deploy/sql").toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(log));
  }
}
