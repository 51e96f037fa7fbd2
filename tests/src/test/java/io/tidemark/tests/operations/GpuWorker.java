package io.tidemark.tests.operations;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.jspecify.annotations.Nullable;

/**
 * Flink's own JobManager and TaskManager, a process each. The TaskManager offers one {@code gpu}
 * through Flink's plugin for them, which asks an {@code nvidia-smi} that is ours.
 */
final class GpuWorker implements AutoCloseable {
  private static final long START_LIMIT_S = 120;
  private static final Path PLUGINS = Path.of("target", "flink-plugins").toAbsolutePath();
  private static final Pattern RPC =
      Pattern.compile("Actor system started at pekko\\.tcp://flink@127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern REST =
      Pattern.compile("Rest endpoint listening at (127\\.0\\.0\\.1:\\d+)");
  private static final Pattern REGISTERED =
      Pattern.compile("Successful registration at resource manager");

  private final Path folder;
  private final Process jobManager;
  private final Process taskManager;

  /**
   * @param folder of the processes; jars below its {@code lib/} are in that of Flink
   * @param library that builds graphs on the TaskManager
   */
  GpuWorker(Path folder, Path library) throws IOException, InterruptedException {
    this.folder = folder;
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Path log = Files.writeString(conf.resolve("log4j.properties"), LOG);
    List<String> options = List.of("-Dlog4j.configurationFile=" + log);
    Files.writeString(conf.resolve("config.yaml"), CLUSTER + setting("jobmanager.rpc.port", 0));
    this.jobManager =
        FlinkCluster.java(
            folder.resolve("jobmanager.log"),
            options,
            Map.of(),
            StandaloneSessionClusterEntrypoint.class,
            "--configDir",
            conf.toString());
    @Nullable Process worker = null;
    try {
      String rpc = await("jobmanager.log", jobManager, RPC);
      Files.writeString(folder.resolve("address"), await("jobmanager.log", jobManager, REST));
      Files.writeString(
          conf.resolve("config.yaml"),
          CLUSTER
              + WORKER
              + setting("jobmanager.rpc.port", rpc)
              + setting("io.tmp.dirs", folder.resolve("tmp"))
              + setting("external-resource.gpu.param.discovery-script.path", discoveryScript()));
      worker =
          FlinkCluster.java(
              folder.resolve("taskmanager.log"),
              List.of(options.getFirst(), "-Dtidemark.gpu.library=" + library),
              Map.of(
                  "FLINK_PLUGINS_DIR",
                  PLUGINS.toString(),
                  "PATH",
                  folder.resolve("bin") + ":" + System.getenv("PATH")),
              TaskManagerRunner.class,
              "--configDir",
              conf.toString());
      await("taskmanager.log", worker, REGISTERED);
    } catch (IllegalStateException | IOException | InterruptedException e) {
      end(worker);
      end(jobManager);
      throw e;
    }
    this.taskManager = worker;
  }

  private static String setting(String key, Object value) {
    return key + ": " + value + "\n";
  }

  /** As {@link FlinkCluster#run}. */
  String run(List<String> arguments) throws IOException, InterruptedException {
    return new FlinkCluster(folder, jobManager).run(arguments);
  }

  String workerLog() throws IOException {
    return Files.readString(folder.resolve("taskmanager.log"));
  }

  /** Flink's own, of its plugin's jar, and what it asks for the GPUs that there are. */
  private Path discoveryScript() throws IOException {
    Path plugin = PLUGINS.resolve("external-resource-gpu/flink-external-resource-gpu.jar");
    Path scripts = Files.createDirectories(folder.resolve("bin"));
    try (var jar = FileSystems.newFileSystem(plugin)) {
      for (String name : List.of("nvidia-gpu-discovery.sh", "gpu-discovery-common.sh")) {
        Files.copy(jar.getPath(name), scripts.resolve(name));
        executable(scripts.resolve(name));
      }
    }
    executable(Files.writeString(scripts.resolve("nvidia-smi"), "#!/bin/sh\necho 0\n"));
    return scripts.resolve("nvidia-gpu-discovery.sh");
  }

  private static void executable(Path file) {
    if (!file.toFile().setExecutable(true)) {
      throw new IllegalStateException(file + " cannot be made executable");
    }
  }

  private String await(String log, Process process, Pattern line)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_S);
    while (true) {
      boolean over = !process.isAlive() || System.nanoTime() > deadline;
      String printed = Files.readString(folder.resolve(log));
      Matcher found = line.matcher(printed);
      if (found.find()) {
        return found.group(found.groupCount());
      }
      if (over) {
        throw new IllegalStateException("no '" + line + "' in " + log + ":\n" + printed);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static void end(@Nullable Process process) throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws InterruptedException {
    end(taskManager);
    end(jobManager);
  }

  private static final String LOG =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.console.ref = console
      appender.console.type = Console
      appender.console.name = console
      appender.console.layout.type = PatternLayout
      appender.console.layout.pattern = %d %p %c{1} %m%n
      """;

  private static final String CLUSTER =
      """
      rest.address: 127.0.0.1
      rest.bind-address: 127.0.0.1
      rest.bind-port: "0"
      jobmanager.rpc.address: 127.0.0.1
      jobmanager.bind-host: 127.0.0.1
      """;

  /** What {@code taskmanager.sh} computes, and the part for GPUs. */
  private static final String WORKER =
      """
      taskmanager.host: 127.0.0.1
      taskmanager.bind-host: 127.0.0.1
      taskmanager.numberOfTaskSlots: 1
      taskmanager.cpu.cores: 1.0
      taskmanager.memory.framework.heap.size: 128m
      taskmanager.memory.framework.off-heap.size: 128m
      taskmanager.memory.task.heap.size: 2048m
      taskmanager.memory.task.off-heap.size: 0m
      taskmanager.memory.managed.size: 16m
      taskmanager.memory.network.min: 64m
      taskmanager.memory.network.max: 64m
      taskmanager.memory.jvm-metaspace.size: 256m
      taskmanager.memory.jvm-overhead.min: 192m
      taskmanager.memory.jvm-overhead.max: 192m
      external-resources: gpu
      external-resource.gpu.amount: 1
      external-resource.gpu.driver-factory.class: org.apache.flink.externalresource.gpu.GPUDriverFactory
      """;
}
