package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark sql} in a process of its own, with the scripts that come with Tidemark. */
@ExtendWith(SharedTidemark.class)
class ShellTest {
  private static final long LIMIT_S = 180;
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private record Ended(int status, String printed) {}

  @Test
  void aCsvFileBecomesACollectionWhichIsThenReindexed(
      TidemarkProcess tidemark, @TempDir Path folder) throws Exception {
    String name = "documents_" + Long.toString(System.nanoTime(), 36);
    Path both = folder.resolve("both.sql");
    Files.writeString(
        both,
        (script("csv-to-collection.sql") + script("reindex.sql"))
            .replace(
                "sql/scripts/documents.csv", ROOT.resolve("sql/scripts/documents.csv").toString())
            .replace("documents (", name + " (")
            .replace("INTO documents", "INTO " + name)
            .replace("'documents'", "'" + name + "'")
            .replace("`documents$", "`" + name + "$"));
    Ended ended = run(tidemark, folder, "-f", both.toString());
    assertThat(ended.status()).as(ended.printed()).isZero();
    assertThat(ended.printed()).contains("default." + name).contains("reindex").contains("7");
  }

  @Test
  void aStatementThatFailsIsAFailure(TidemarkProcess tidemark, @TempDir Path folder)
      throws Exception {
    Ended ended = run(tidemark, folder, "-e", "SELECT * FROM nothing_of_that_name");
    assertThat(ended.status()).as(ended.printed()).isEqualTo(1);
    assertThat(ended.printed()).contains("nothing_of_that_name");
  }

  private static String script(String name) throws Exception {
    return Files.readString(ROOT.resolve("sql/scripts").resolve(name));
  }

  private static Ended run(TidemarkProcess tidemark, Path folder, String... what) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.tidemark.standalone.cli.TidemarkCommand",
                "sql",
                "--data",
                tidemark.data().toString()));
    command.addAll(List.of(what));
    Path log = folder.resolve("printed");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
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
