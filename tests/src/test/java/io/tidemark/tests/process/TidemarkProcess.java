package io.tidemark.tests.process;

import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A standalone Tidemark on free ports, started from this test's class path. Ended with the test.
 */
public final class TidemarkProcess implements AutoCloseable {
  private static final long READY_LIMIT_S = 120;

  private final Path data;
  private final List<String> options;
  private Process process;

  private TidemarkProcess(Path data, List<String> options, Process process) {
    this.data = data;
    this.options = options;
    this.process = process;
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param options of {@code tidemark standalone}, besides the data directory and the ports
   */
  public static TidemarkProcess start(Path data, String... options)
      throws IOException, InterruptedException {
    TidemarkProcess started =
        new TidemarkProcess(data, List.of(options), launch(data, List.of(options)));
    started.awaitReady();
    return started;
  }

  private static Process launch(Path data, List<String> options) throws IOException {
    Files.createDirectories(data);
    Files.deleteIfExists(data.resolve("run").resolve("ready"));
    Path console = data.resolveSibling(data.getFileName() + ".console.log");
    return command(data, options)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
        .start();
  }

  /** Starts nothing yet. Ports are free ones unless the options name them. */
  static ProcessBuilder command(Path data, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx2g",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"));
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    // When it compiles: as the tests' own JVM does.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:Tier4"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "io.tidemark.standalone.cli.TidemarkCommand"));
    command.addAll(List.of("standalone", "--data", data.toString()));
    for (String port : List.of("--grpc-port", "--http-port")) {
      if (!options.contains(port)) {
        command.addAll(List.of(port, "0"));
      }
    }
    command.addAll(options);
    return new ProcessBuilder(command);
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_LIMIT_S);
    while (!Files.exists(data.resolve("run").resolve("ready"))) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "tidemark ended with status " + process.exitValue() + ":\n" + console());
      }
      if (System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "tidemark was not ready after " + READY_LIMIT_S + " s:\n" + console());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** What it printed so far. */
  public String console() throws IOException {
    return Files.readString(data.resolveSibling(data.getFileName() + ".console.log"));
  }

  public Path data() {
    return data;
  }

  /** {@code host:port} of the gRPC port. */
  public String grpcAddress() throws IOException {
    return Files.readString(data.resolve("run").resolve("grpc")).trim();
  }

  public String httpAddress() throws IOException {
    return Files.readString(data.resolve("run").resolve("http")).trim();
  }

  /**
   * The statement that makes it the catalog {@code tidemark} of Flink SQL.
   *
   * @param options further ones, each with a comma before it
   */
  public String createCatalog(String options) throws IOException {
    return "CREATE CATALOG tidemark WITH ('type'='tidemark', 'endpoint'='%s', 'http-endpoint'='http://%s'%s)"
        .formatted(grpcAddress(), httpAddress(), options);
  }

  /** A stock SDK client; the caller closes it. */
  public MilvusClientV2 client() throws IOException {
    return new MilvusClientV2(ConnectConfig.builder().uri("http://" + grpcAddress()).build());
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://" + httpAddress() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  public HttpResponse<String> post(String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://" + httpAddress() + path))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  public long pid() {
    return process.pid();
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; returns its exit status. */
  public int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException("tidemark did not stop within 60 s of SIGTERM");
    }
    return process.exitValue();
  }

  /** Starts it again on the same data and waits until it is ready. */
  public void restart() throws IOException, InterruptedException {
    if (process.isAlive()) {
      throw new IllegalStateException("still running");
    }
    process = launch(data, options);
    awaitReady();
  }

  /** SIGKILL without waiting, for the end of the JVM. */
  void destroy() {
    process.destroyForcibly();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
