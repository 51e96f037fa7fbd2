package io.tidemark.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The GPU's kernels and the code that drives them, on a GPU that {@code g++} emulates. */
class EmulatedGpuTest {
  private static final long LIMIT_S = 300;
  private static final Path BUILT = Path.of("target", "native").toAbsolutePath();

  @TempDir Path folder;

  @Test
  void theKernelsBuildTheTwinsGraphsOfOddSizesAndCopiesAndAfterFailures() throws Exception {
    Path check = BUILT.resolve("check");
    Path emulated = BUILT.resolve("emulated/libtidemark_gpu.so");
    assumeTrue(
        Files.isExecutable(check) && Files.exists(emulated),
        "no emulated GPU was built: it needs Linux on x86-64, make, and a g++ that has _Float16");
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(
                check.toString(),
                emulated.toString(),
                "brief",
                BUILT.resolve("libtidemark_twin.so").toString())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
      assertThat(ended).as("ended, printed so far: %s", Files.readString(printed)).isTrue();
      assertThat(process.exitValue()).as("%s", Files.readString(printed)).isZero();
      assertThat(printed).content().contains("all is well");
    } finally {
      process.destroyForcibly();
    }
  }
}
