package io.tidemark.tests.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.standalone.connector.ConnectorJar;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Flink cluster in a process of its own that has Flink's jars and the connector jar, with what
 * reads S3 and embeds, and nothing else of ours. Ended with the test.
 */
public final class StockFlink implements AutoCloseable {
  private static final long LIMIT_S = 300;

  /** What Flink's distribution is made of, and what its parts need. */
  private static final Pattern OF_FLINK =
      Pattern.compile(
          "(flink-(?!connector-kafka|connector-base|metrics-dropwizard|test|sql)|commons-|slf4j-api|log4j-|"
              + "kryo|minlog|objenesis|reflectasm|snappy|lz4|zstd|jsr305|snakeyaml-engine|javassist|jakarta|asm-).*\\.jar");

  private static @Nullable Path jar;

  private final Process process;
  private final int port;
  private final String printed;

  private StockFlink(Process process, int port, String printed) {
    this.process = process;
    this.port = port;
    this.printed = printed;
  }

  /** Written once for all tests of this JVM, since that takes longer than most of them. */
  public static synchronized Path jar() throws IOException {
    if (jar == null) {
      Path written = Path.of("target", "stock-flink-" + ProcessHandle.current().pid() + ".jar");
      written.toFile().deleteOnExit();
      ConnectorJar.write(written, classPath(), true, true);
      jar = written;
    }
    return jar;
  }

  private static List<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .toList();
  }

  /** Starts it, runs the statements there in batch mode, and leaves it running. */
  public static StockFlink run(Path folder, String... statements) throws Exception {
    String file = StatementsOfOneProcess.class.getName().replace('.', '/') + ".class";
    Path alone = folder.resolve("classes");
    Files.createDirectories(alone.resolve(file).getParent());
    try (InputStream bytes =
        Objects.requireNonNull(StockFlink.class.getClassLoader().getResourceAsStream(file))) {
      Files.copy(bytes, alone.resolve(file));
    }
    Path ready = folder.resolve("rest-port");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                alone
                    + File.pathSeparator
                    + classPath().stream()
                        .filter(entry -> OF_FLINK.matcher(entry.getFileName().toString()).matches())
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator))
                    + File.pathSeparator
                    + jar(),
                StatementsOfOneProcess.class.getName(),
                ready.toString()));
    command.addAll(List.of(statements));
    Path log = folder.resolve("stock-flink.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (!Files.exists(ready)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("Flink did not run the statements: " + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return new StockFlink(
        process, Integer.parseInt(Files.readString(ready)), Files.readString(log, UTF_8));
  }

  /** Of its REST interface, on the loopback. */
  public int port() {
    return port;
  }

  /** What the statements gave, a row a line. */
  public String printed() {
    return printed;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
