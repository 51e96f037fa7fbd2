package io.tidemark.tests.recall;

import io.tidemark.tests.benchmark.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Dataset folders that are not part of the repository: below the system property {@code
 * tidemark.shared} or the environment variable {@code TIDEMARK_SHARED}, else below {@code
 * ../shared/data} beside the checkout.
 */
final class SharedData {
  private SharedData() {}

  /** Skips the test, saying so, where the dataset is not there. */
  static Dataset readOrSkip(String name) {
    return Dataset.read(folderOrSkip(name));
  }

  /** The dataset's folder; skips the test, saying so, where it is not there. */
  static Path folderOrSkip(String name) {
    Path folder = root().resolve(name).toAbsolutePath().normalize();
    String reason =
        "no dataset at "
            + folder
            + "; point -Dtidemark.shared or TIDEMARK_SHARED at the folder that holds "
            + name;
    if (!Files.isDirectory(folder)) {
      System.err.println("skipped: " + reason);
    }
    Assumptions.assumeTrue(Files.isDirectory(folder), reason);
    return folder;
  }

  private static Path root() {
    String property = System.getProperty("tidemark.shared", System.getenv("TIDEMARK_SHARED"));
    if (property != null) {
      return Path.of(property);
    }
    Path checkout = Path.of("").toAbsolutePath();
    while (checkout.getParent() != null && !Files.exists(checkout.resolve("deploy/tidemark"))) {
      checkout = checkout.getParent();
    }
    return checkout.resolveSibling("shared").resolve("data");
  }
}
