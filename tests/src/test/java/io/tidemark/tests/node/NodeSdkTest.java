package io.tidemark.tests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Installs the Node SDK as {@code tests/node/package-lock.json} says and runs the tests there with
 * Node's own runner; each becomes a test of this class. Skipped, saying so, without Node.
 */
@ExtendWith(SharedTidemark.class)
class NodeSdkTest {
  private static final Path FOLDER = Path.of("node").toAbsolutePath();
  private static final int NODE_MIN = 20;
  private static final int MINUTES_MAX = 5;

  private record Finished(int status, String output) {}

  @TestFactory
  Stream<DynamicTest> node(TidemarkProcess tidemark) throws Exception {
    skipWithoutNode();
    install();
    Path results = Files.createTempFile("node-tests", ".jsonl");
    Finished run =
        run(
            Map.of("TIDEMARK_ADDRESS", tidemark.grpcAddress()),
            "node",
            "--test",
            "--test-reporter=./reporter.mjs",
            "--test-reporter-destination=" + results,
            "--test-reporter=spec",
            "--test-reporter-destination=stdout");
    List<JsonObject> tests =
        Files.readAllLines(results).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    Files.delete(results);
    assertThat(tests).as("tests that ran; the runner said:\n%s", run.output()).isNotEmpty();
    return tests.stream()
        .map(test ->
            DynamicTest.dynamicTest(
                test.get("name").getAsString(),
                () ->
                    assertThat(test.get("passed").getAsBoolean())
                        .as(test.get("message").getAsString())
                        .isTrue()));
  }

  private static void skipWithoutNode() throws Exception {
    String reason = "Node " + NODE_MIN + " or newer with npm is needed for the Node SDK's tests: ";
    for (String program : List.of("node", "npm")) {
      try {
        String version = run(Map.of(), program, "--version").output().strip();
        if (program.equals("node")
            && Integer.parseInt(version.replaceAll("^v(\\d+).*", "$1")) < NODE_MIN) {
          reason += "node is " + version;
          System.err.println("skipped: " + reason);
          Assumptions.abort(reason);
        }
      } catch (IOException e) {
        reason += program + " is not on the PATH";
        System.err.println("skipped: " + reason);
        Assumptions.abort(reason);
      }
    }
  }

  /** Not repeated while what is installed is what the lock file says. */
  private static void install() throws Exception {
    Path installed = FOLDER.resolve("node_modules").resolve(".package-lock.json");
    Path wanted = FOLDER.resolve("package-lock.json");
    if (Files.exists(installed)
        && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) > 0) {
      return;
    }
    Finished install = run(Map.of(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    assertThat(install.status()).as("npm ci in tests/node:\n%s", install.output()).isZero();
  }

  private static Finished run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException, ExecutionException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> {
            try (var lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
              return String.join("\n", lines.toList());
            }
          });
      assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES))
          .as("%s ends within %d minutes", List.of(command), MINUTES_MAX)
          .isTrue();
      return new Finished(process.exitValue(), output.get());
    } finally {
      process.destroyForcibly();
    }
  }
}
