package io.tidemark.standalone;

import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.serving.read.ReadConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set of a standalone Tidemark; parsed once.
 *
 * @param data the data directory
 */
public record StandaloneConfig(
    Path data,
    Listening listening,
    Ingestion ingestion,
    Storage storage,
    Memory memory,
    Recall recall,
    Jobs jobs) {

  /** All defaults. */
  public static StandaloneConfig defaults(Path data) {
    return new StandaloneConfig(
        data,
        Listening.DEFAULTS,
        Ingestion.DEFAULTS,
        Storage.LOCAL,
        Memory.defaults(),
        Recall.DEFAULTS,
        Jobs.DEFAULTS);
  }

  public StandaloneConfig with(Listening other) {
    return new StandaloneConfig(data, other, ingestion, storage, memory, recall, jobs);
  }

  public StandaloneConfig with(Ingestion other) {
    return new StandaloneConfig(data, listening, other, storage, memory, recall, jobs);
  }

  public StandaloneConfig with(Storage other) {
    return new StandaloneConfig(data, listening, ingestion, other, memory, recall, jobs);
  }

  public StandaloneConfig with(Memory other) {
    return new StandaloneConfig(data, listening, ingestion, storage, other, recall, jobs);
  }

  public StandaloneConfig with(Recall other) {
    return new StandaloneConfig(data, listening, ingestion, storage, memory, other, jobs);
  }

  public StandaloneConfig with(Jobs other) {
    return new StandaloneConfig(data, listening, ingestion, storage, memory, recall, other);
  }

  /**
   * Where it listens; a port of 0 takes a free one.
   *
   * @param grpcPort for Milvus clients
   * @param httpPort for health, status, metrics and administration, on loopback
   * @param flinkPort for Flink's REST and web interface, on loopback
   * @param bind the address the gRPC port listens on
   */
  public record Listening(int grpcPort, int httpPort, int flinkPort, String bind) {
    public static final Listening DEFAULTS = new Listening(19530, 9091, 0, "127.0.0.1");

    public Listening {
      checkPort("--grpc-port", grpcPort);
      checkPort("--http-port", httpPort);
      checkPort("--flink-port", flinkPort);
      checkOther("--grpc-port", grpcPort, "--http-port", httpPort);
      checkOther("--grpc-port", grpcPort, "--flink-port", flinkPort);
      checkOther("--http-port", httpPort, "--flink-port", flinkPort);
    }

    private static void checkPort(String option, int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException(
            option + " is " + port + ", a port is 1 to 65535, or 0 for any free one");
      }
    }

    private static void checkOther(String option, int port, String other, int otherPort) {
      if (port != 0 && port == otherPort) {
        throw new IllegalArgumentException(
            option + " and " + other + " are both " + port + ", give two different ones");
      }
    }
  }

  /**
   * From the log to indexed segments.
   *
   * @param window how much of the log one commit covers at most
   * @param segments when unindexed rows become a segment
   * @param pchannels partitions of the log; fixed when the data directory is created
   */
  public record Ingestion(Duration window, IndexLimits segments, int pchannels) {
    public static final Ingestion DEFAULTS =
        new Ingestion(Duration.ofSeconds(10), IndexLimits.DEFAULTS, 2);

    public Ingestion {
      if (window.toMillis() < 100 || window.compareTo(Duration.ofMinutes(10)) > 0) {
        throw new IllegalArgumentException(
            "the window is " + window + ", it must be 100 ms to 10 minutes");
      }
    }
  }

  /**
   * Where the lake is.
   *
   * @param warehouse URI below which tables and index files are made; null for the data directory
   * @param catalog JDBC URI of the catalog; null for an SQLite file in the data directory
   * @param catalogProperties further ones of Iceberg's catalog, such as {@code jdbc.user}
   * @param hadoopConf a file like Hadoop's {@code core-site.xml}; null for none
   * @param checkpoints URI of a folder for those of Flink's jobs; null for the data directory
   * @param cacheBytesMax for cached columns and index files in the data directory
   * @param diskFreeMin bytes that must be free on the data directory's disk for rows to be written
   */
  public record Storage(
      @Nullable String warehouse,
      @Nullable String catalog,
      Map<String, String> catalogProperties,
      @Nullable Path hadoopConf,
      @Nullable String checkpoints,
      long cacheBytesMax,
      long diskFreeMin) {
    public static final long DISK_FREE_MIN = 512L << 20;
    public static final Storage LOCAL = new Storage(null, null, Map.of(), null);

    public Storage(
        @Nullable String warehouse,
        @Nullable String catalog,
        Map<String, String> catalogProperties,
        @Nullable Path hadoopConf) {
      this(
          warehouse,
          catalog,
          catalogProperties,
          hadoopConf,
          null,
          ReadConfig.CACHE_BYTES_MAX,
          DISK_FREE_MIN);
    }

    public Storage {
      catalogProperties = Map.copyOf(catalogProperties);
      if (diskFreeMin < 0) {
        throw new IllegalArgumentException(
            "--disk-free-mb gives " + diskFreeMin + " bytes, it must be at least 0");
      }
      if (cacheBytesMax < 1) {
        throw new IllegalArgumentException(
            "--cache-mb gives " + cacheBytesMax + " bytes, it must be at least 1");
      }
    }

    /** With Flink's checkpoints in another place, and other bounds of the local disk's use. */
    public Storage with(@Nullable String checkpointsUri, long cacheBytes, long diskFree) {
      return new Storage(
          warehouse, catalog, catalogProperties, hadoopConf, checkpointsUri, cacheBytes, diskFree);
    }
  }

  /**
   * The heap's shares.
   *
   * @param growingBytesMax for rows that are not committed yet; writes are slowed near it
   * @param loadedBytesMax for the vectors and indexes of loaded segments; loads beyond it are
   *     refused
   */
  public record Memory(long growingBytesMax, long loadedBytesMax) {
    /** Shares of this process's heap. */
    public static Memory defaults() {
      return new Memory(ReadConfig.growingBytesDefault(), ReadConfig.loadedBytesDefault());
    }

    public Memory {
      long heap = Runtime.getRuntime().maxMemory();
      if (growingBytesMax < 1 || loadedBytesMax < 1 || growingBytesMax + loadedBytesMax > heap) {
        throw new IllegalArgumentException(
            "--growing-memory-mb and --load-memory-mb give %d and %d MiB, together more than the heap of %d MiB; TIDEMARK_HEAP sets it"
                .formatted(growingBytesMax >> 20, loadedBytesMax >> 20, heap >> 20));
      }
    }
  }

  /**
   * Watching what searches find.
   *
   * @param cpuPercent of one core that may go into comparing searches with exact ones; 0 for none
   */
  public record Recall(double cpuPercent) {
    public static final Recall DEFAULTS = new Recall(100 * ReadConfig.RECALL_SHARE);

    public Recall {
      if (!(cpuPercent >= 0 && cpuPercent <= 100)) {
        throw new IllegalArgumentException(
            "--recall-cpu-percent is " + cpuPercent + ", it must be from 0, for none, to 100");
      }
    }
  }

  /**
   * The batch jobs.
   *
   * @param atOnce how many run at the same time
   * @param threads of each index build
   * @param schedules the file that says which run when; null for none
   */
  public record Jobs(int atOnce, int threads, @Nullable Path schedules) {
    public static final Jobs DEFAULTS =
        new Jobs(1, Runtime.getRuntime().availableProcessors(), null);

    public Jobs {
      if (atOnce < 1 || threads < 1) {
        throw new IllegalArgumentException(
            "--jobs-at-once is "
                + atOnce
                + ", --job-threads "
                + threads
                + ": each must be at least 1");
      }
    }
  }
}
