package io.tidemark.tests.operations;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * A Flink cluster in a process that has Flink's jars and nothing else, and the stock {@code flink
 * run} in another such one: a job gets what it needs from its own jar or not at all.
 */
final class FlinkCluster implements AutoCloseable {
  private static final long START_LIMIT_S = 120;

  /** What Flink's distribution is made of, and what its parts need. */
  private static final Pattern OF_FLINK =
      Pattern.compile(
          "(flink-(?!connector-kafka|connector-base|metrics-dropwizard|test|sql)|commons-|slf4j-api|log4j-|"
              + "kryo|minlog|objenesis|reflectasm|snappy|lz4|zstd|jsr305|snakeyaml-engine|javassist|jakarta|asm-).*\\.jar");

  private final Path folder;
  private final Process process;

  FlinkCluster(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /**
   * @param folder of the process; jars below its {@code lib/} are in that of Flink
   */
  static FlinkCluster start(Path folder) throws IOException, InterruptedException {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(conf.resolve("config.yaml"), "rest.address: 127.0.0.1\n");
    Process process = java(folder.resolve("cluster.log"), FlinkCluster.class, folder.toString());
    FlinkCluster cluster = new FlinkCluster(folder, process);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_S);
    while (!Files.exists(folder.resolve("address"))) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        cluster.close();
        throw new IllegalStateException(
            "no Flink cluster: " + Files.readString(folder.resolve("cluster.log")));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return cluster;
  }

  /** The cluster's process, until it is killed. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Configuration settings = new Configuration();
    settings.set(RestOptions.ADDRESS, "127.0.0.1");
    settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(16));
    try (MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setCommonBindAddress("127.0.0.1")
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .build())) {
      cluster.start();
      Path draft = folder.resolve("address.tmp");
      Files.writeString(draft, cluster.getRestAddress().get().getAuthority());
      Files.move(draft, folder.resolve("address"));
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  /**
   * {@code flink run} with these arguments.
   *
   * @return what it printed
   */
  String run(List<String> arguments) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(List.of("run", "-m", Files.readString(folder.resolve("address"))));
    all.addAll(arguments);
    Path log = folder.resolve("run.log");
    Process run = java(log, CliFrontend.class, all.toArray(String[]::new));
    if (!run.waitFor(START_LIMIT_S, TimeUnit.SECONDS)) {
      run.destroyForcibly();
    }
    String printed = Files.readString(log);
    if (run.waitFor() != 0) {
      throw new IllegalStateException("flink run ended with " + run.exitValue() + ":\n" + printed);
    }
    return printed;
  }

  private static Process java(Path log, Class<?> main, String... arguments) throws IOException {
    return java(log, List.of(), Map.of(), main, arguments);
  }

  /**
   * A JVM with Flink's jars, and those below {@code lib/}.
   *
   * @param log whose folder has them
   */
  static Process java(
      Path log,
      List<String> options,
      Map<String, String> environment,
      Class<?> main,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"));
    // As in the configuration that comes with Flink.
    for (String opened :
        List.of("lang", "net", "io", "nio", "text", "time", "util", "util.concurrent")) {
      command.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(log.getParent())));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("FLINK_CONF_DIR", log.resolveSibling("conf").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Flink's jars, and this class alone of all that are beside it. */
  private static String classPath(Path folder) throws IOException {
    Path alone = folder.resolve("classes");
    String file = FlinkCluster.class.getName().replace('.', '/') + ".class";
    Path copy = alone.resolve(file);
    Files.createDirectories(copy.getParent());
    try (var bytes =
        java.util.Objects.requireNonNull(
            FlinkCluster.class.getClassLoader().getResourceAsStream(file))) {
      Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return alone
        + File.pathSeparator
        + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> OF_FLINK.matcher(Path.of(entry).getFileName().toString()).matches())
            .collect(Collectors.joining(File.pathSeparator))
        + File.pathSeparator
        + folder.resolve("lib").resolve("*");
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
