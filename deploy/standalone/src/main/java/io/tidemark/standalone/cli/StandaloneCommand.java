package io.tidemark.standalone.cli;

import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.standalone.Standalone;
import io.tidemark.standalone.StandaloneConfig;
import io.tidemark.standalone.StandaloneConfig.Ingestion;
import io.tidemark.standalone.StandaloneConfig.Jobs;
import io.tidemark.standalone.StandaloneConfig.Listening;
import io.tidemark.standalone.StandaloneConfig.Memory;
import io.tidemark.standalone.StandaloneConfig.Recall;
import io.tidemark.standalone.StandaloneConfig.Storage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything in this process until a signal. */
@Command(
    name = "standalone",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "Runs log, jobs, lake and serving in one process, until a signal.")
final class StandaloneCommand implements Callable<Integer> {
  /** An exabyte: its bytes are still a number. */
  private static final long MB_MAX = 1L << 40;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "where everything is kept (default: ./data)")
  private Path data = Path.of("data");

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      defaultValue = "19530",
      description = "for Milvus clients (default: 19530; 0: any free one)")
  private int grpcPort = Listening.DEFAULTS.grpcPort();

  @Option(
      names = "--http-port",
      paramLabel = "N",
      defaultValue = "9091",
      description =
          "for /healthz, /status and /metrics, on loopback only (default: 9091; 0: any free one)")
  private int httpPort = Listening.DEFAULTS.httpPort();

  @Option(
      names = "--flink-port",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "for Flink's web pages and REST interface, on loopback only (default: a free one)")
  private int flinkPort = Listening.DEFAULTS.flinkPort();

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "where the gRPC port listens (default: 127.0.0.1)")
  private String bind = "127.0.0.1";

  @Option(
      names = "--window-ms",
      paramLabel = "MS",
      defaultValue = "10000",
      description = "how much of the log one commit covers at most (default: 10000)")
  private long windowMs = 10_000;

  @Option(
      names = "--segment-mb",
      paramLabel = "MB",
      defaultValue = "64",
      description = "unindexed rows are indexed once they reach this size (default: 64)")
  private long segmentMb = 64;

  @Option(
      names = "--segment-rows",
      paramLabel = "N",
      defaultValue = "100000",
      description = "or this number (default: 100000)")
  private long segmentRows = 100_000;

  @Option(
      names = "--segment-idle-ms",
      paramLabel = "MS",
      defaultValue = "30000",
      description = "or have not grown for this long (default: 30000)")
  private long segmentIdleMs = 30_000;

  @Option(
      names = "--warehouse",
      paramLabel = "URI",
      description = "where tables and index files are kept (default: in the data directory)")
  private @Nullable String warehouse;

  @Option(
      names = "--catalog",
      paramLabel = "JDBC_URI",
      description =
          "the lake's catalog, such as jdbc:postgresql://HOST/DB (default: an SQLite file in the data directory)")
  private @Nullable String catalog;

  @Option(
      names = CatalogOptions.PROPERTY,
      paramLabel = "KEY=VALUE",
      description =
          "a property of the catalog, such as jdbc.user=NAME; also --catalog.KEY VALUE; may be repeated")
  private Map<String, String> catalogProperties = new HashMap<>();

  @Option(
      names = "--hadoop-conf",
      paramLabel = "FILE",
      description = "a core-site.xml, with what reaches the warehouse (default: none)")
  private @Nullable Path hadoopConf;

  @Option(
      names = "--checkpoints",
      paramLabel = "URI",
      description = "where Flink's checkpoints are kept (default: in the data directory)")
  private @Nullable String checkpoints;

  @Option(
      names = "--cache-mb",
      paramLabel = "MB",
      defaultValue = "65536",
      description = "for cached columns and index files in the data directory (default: 65536)")
  private long cacheMb = 65_536;

  @Option(
      names = "--disk-free-mb",
      paramLabel = "MB",
      defaultValue = "512",
      description = "refuse new rows while the disk has less left (default: 512)")
  private long diskFreeMb = 512;

  @Option(
      names = "--load-memory-mb",
      paramLabel = "MB",
      defaultValue = "0",
      description =
          "memory for the vectors and indexes of loaded rows; loads beyond it are refused (default: 0, half of the heap)")
  private long loadMemoryMb;

  @Option(
      names = "--growing-memory-mb",
      paramLabel = "MB",
      defaultValue = "0",
      description =
          "memory for rows that are not committed yet; writes are slowed near it (default: 0, a fifth of the heap)")
  private long growingMemoryMb;

  @Option(
      names = "--recall-cpu-percent",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "of one core, for comparing searches with exact ones, for the metric tidemark_recall (default: 1; 0: off)")
  private double recallCpuPercent = Recall.DEFAULTS.cpuPercent();

  @Option(
      names = "--schedules",
      paramLabel = "FILE",
      description = "which jobs run when; see docs/coordinator.md (default: none)")
  private @Nullable Path schedules;

  @Option(
      names = "--jobs-at-once",
      paramLabel = "N",
      defaultValue = "1",
      description = "batch jobs that run at the same time (default: 1)")
  private int jobsAtOnce = 1;

  @Option(
      names = "--job-threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "threads of an index build (default: 0, all cores)")
  private int jobThreads;

  @Override
  public Integer call() throws Exception {
    // Before the first logger is made.
    System.setProperty(
        "tidemark.log.dir", data.resolve("logs").toAbsolutePath().normalize().toString());
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    StandaloneConfig config = config();
    CountDownLatch signal = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    AtomicBoolean stopped = new AtomicBoolean();
    Thread hook = new Thread(() -> stopAndWait(signal, closed, stopped), "tidemark-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Standalone standalone = Standalone.start(config, line -> say(out, line))) {
      say(out, standalone.greeting());
      signal.await();
      say(out, "stopping");
      stopped.set(true);
    } finally {
      closed.countDown();
    }
    return 0;
  }

  private StandaloneConfig config() {
    checkRange("--segment-rows", segmentRows, 1, Integer.MAX_VALUE);
    checkRange("--segment-idle-ms", segmentIdleMs, 0, Duration.ofDays(3_650).toMillis());
    checkRange("--window-ms", windowMs, 100, Duration.ofMinutes(10).toMillis());
    checkRange("--job-threads", jobThreads, 0, 1_024);
    checkRange("--jobs-at-once", jobsAtOnce, 1, 64);
    return StandaloneConfig.defaults(data)
        .with(new Listening(grpcPort, httpPort, flinkPort, bind))
        .with(
            new Ingestion(
                Duration.ofMillis(windowMs),
                new IndexLimits(
                    bytes("--segment-mb", segmentMb, 1),
                    segmentRows,
                    Duration.ofMillis(segmentIdleMs),
                    IndexLimits.DEFAULTS.rowsMin()),
                Ingestion.DEFAULTS.pchannels()))
        .with(
            new Storage(warehouse, catalog, catalogProperties, hadoopConf)
                .with(
                    checkpoints,
                    bytes("--cache-mb", cacheMb, 1),
                    bytes("--disk-free-mb", diskFreeMb, 0)))
        .with(memory())
        .with(new Recall(recallCpuPercent))
        .with(
            new Jobs(
                jobsAtOnce, jobThreads == 0 ? Jobs.DEFAULTS.threads() : jobThreads, schedules));
  }

  private Memory memory() {
    Memory defaults = Memory.defaults();
    return new Memory(
        growingMemoryMb == 0
            ? defaults.growingBytesMax()
            : bytes("--growing-memory-mb", growingMemoryMb, 0),
        loadMemoryMb == 0 ? defaults.loadedBytesMax() : bytes("--load-memory-mb", loadMemoryMb, 0));
  }

  private static long bytes(String option, long megabytes, long min) {
    checkRange(option, megabytes, min, MB_MAX);
    return megabytes << 20;
  }

  private static void checkRange(String option, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          option + " is " + value + ", it must be from " + min + " to " + max);
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  /**
   * A JVM that a signal ends exits with 128 + its number, unless it is halted: stopped cleanly is
   * 0.
   */
  private static void stopAndWait(
      CountDownLatch signal, CountDownLatch closed, AtomicBoolean stopped) {
    signal.countDown();
    try {
      closed.await();
      if (stopped.get()) {
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
