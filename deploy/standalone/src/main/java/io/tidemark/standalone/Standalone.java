package io.tidemark.standalone;

import io.tidemark.jobs.index.IndexConfig;
import io.tidemark.jobs.index.IndexLimits;
import io.tidemark.jobs.ingest.IngestConfig;
import io.tidemark.jobs.ingest.IngestSupervisor;
import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.read.ReadConfig;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.rpc.MilvusServer;
import io.tidemark.serving.rpc.ServingConfig;
import io.tidemark.standalone.data.DataDirectory;
import io.tidemark.standalone.flink.EmbeddedFlink;
import io.tidemark.standalone.http.HttpEndpoint;
import io.tidemark.standalone.index.IndexScheduler;
import io.tidemark.standalone.status.StatusPage;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.ChannelWriters;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogTails;
import io.tidemark.stores.log.LogTopics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in this process: started in the order in which the parts need each other, stopped in
 * the reverse one. While it runs, the data directory's {@code run/} holds {@code pid}, {@code
 * http}, {@code grpc} (host:port each) and, once writes and searches work, {@code ready}.
 */
public final class Standalone implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
  private static final int FLINK_SLOTS = 4;
  private static final Duration INGEST_START_LIMIT = Duration.ofSeconds(60);
  private static final Duration LOAD_LIMIT = Duration.ofSeconds(30);

  private final StandaloneConfig config;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private String greeting = "";

  private Standalone(StandaloneConfig config) {
    this.config = config;
  }

  /**
   * Starts everything and returns once writes and searches work.
   *
   * @param progress takes a line per stage
   */
  public static Standalone start(StandaloneConfig config, Consumer<String> progress)
      throws Exception {
    Standalone standalone = new Standalone(config);
    try {
      standalone.startParts(progress);
      return standalone;
    } catch (Exception | Error e) {
      standalone.close();
      throw e;
    }
  }

  private void startParts(Consumer<String> progress) throws Exception {
    long start = System.nanoTime();
    checkPortFree(config.bind(), config.grpcPort());
    HttpEndpoint http = keep(HttpEndpoint.listen(config.httpPort()));
    DataDirectory data = keep(DataDirectory.open(config.data()));
    NativeLibraries.keepIn(data.run().resolve("native"));
    removeRunFiles(data);
    writeRunFile(data, "pid", String.valueOf(ProcessHandle.current().pid()));
    writeRunFile(data, "http", "127.0.0.1:" + http.port());
    LOG.info("starting data={} pid={}", data.root(), ProcessHandle.current().pid());

    progress.accept("starting the log and the job cluster on " + data.root());
    CompletableFuture<EmbeddedFlink> flinkStart =
        CompletableFuture.supplyAsync(() ->
            unchecked(() ->
                EmbeddedFlink.start(data.checkpoints(), data.run().resolve("flink"), FLINK_SLOTS)));
    LakeConfig lakeConfig = LakeConfig.sqlite(data.catalog(), data.warehouse());
    CompletableFuture<Lake> lakeStart = CompletableFuture.supplyAsync(() -> Lake.open(lakeConfig));
    EmbeddedBroker broker = keep(EmbeddedBroker.start(data.kafka(), freePort(), freePort()));
    LogConfig logConfig = logConfig(broker.bootstrapServers());
    LogTopics.ensure(logConfig);
    ControlStore control = keep(KafkaControlStore.open(logConfig));
    Lake lake = keep(await(lakeStart));
    EmbeddedFlink flink = keep(await(flinkStart));

    progress.accept("starting serving");
    ChannelWriters writers =
        keep(ChannelWriters.open(logConfig, System::currentTimeMillis, Floor.of(lake, control)));
    LogTails tails = keep(LogTails.open(logConfig));
    ReadService reads =
        keep(new ReadService(lake, tails, writers, control, ReadConfig.defaults(data.cache())));
    IngestSupervisor ingest =
        keep(
            IngestSupervisor.start(
                flink,
                IngestConfig.defaults(
                        logConfig,
                        lakeConfig,
                        data.checkpoints().resolve("ingest").toUri().toString())
                    .withWindow(config.window())));
    IndexLimits limits =
        new IndexLimits(
            config.segmentBytesMax(),
            config.segmentRowsMax(),
            config.segmentIdle(),
            config.indexRowsMin());
    IndexScheduler indexes =
        keep(
            IndexScheduler.start(
                flink,
                lake,
                control,
                IndexConfig.defaults(lakeConfig).withLimits(limits),
                reads::changed));
    MilvusServer server =
        keep(
            MilvusServer.start(
                ServingConfig.defaults()
                    .withAddress(config.bind(), config.grpcPort())
                    .withPchannels(config.pchannels()),
                lake,
                writers,
                control,
                reads));
    writeRunFile(data, "grpc", grpcHost() + ":" + server.port());

    String addresses =
        String.format(
            java.util.Locale.ROOT,
            "gRPC on %s:%d, HTTP on 127.0.0.1:%d, Flink on %s, data in %s",
            config.bind(),
            server.port(),
            http.port(),
            flink.webAddress(),
            data.root());
    StatusPage status =
        new StatusPage(lake, control, reads, ingest, indexes, config.window(), addresses);
    http.handle("/status", request -> status.status());
    http.handle("/admin/index", indexes::answer);
    http.handle("/metrics", request -> status.metrics());
    http.handle("/healthz", request -> status.health());
    awaitRunning(ingest);
    awaitLoaded(server, reads, progress);
    greeting =
        String.format(
            java.util.Locale.ROOT,
            "Tidemark is ready after %.1f s: %s",
            (System.nanoTime() - start) / 1e9,
            addresses);
    LOG.info("{}", greeting);
    if (!InetAddress.getByName(config.bind()).isLoopbackAddress()) {
      String warning =
          "warning: the gRPC port listens on "
              + config.bind()
              + " without authentication: whoever reaches it can read and delete everything";
      LOG.warn("{}", warning);
      progress.accept(warning);
    }
    writeRunFile(data, "ready", greeting);
    keep(() -> removeRunFiles(data));
  }

  /**
   * Writes work before the ingest job runs, but nobody should be told so: they would not reach the
   * lake.
   */
  private static void awaitRunning(IngestSupervisor ingest) throws Exception {
    long deadline = System.nanoTime() + INGEST_START_LIMIT.toNanos();
    while (ingest.status() != JobStatus.RUNNING) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "the ingest job is "
                + ingest.status()
                + " after "
                + INGEST_START_LIMIT.toSeconds()
                + " s; the log file says why");
      }
      Thread.sleep(20);
    }
  }

  /**
   * What was loaded before is loaded again; a collection that takes long does not hold up the
   * others.
   */
  private static void awaitLoaded(MilvusServer server, ReadService reads, Consumer<String> progress)
      throws InterruptedException {
    long deadline = System.nanoTime() + LOAD_LIMIT.toNanos();
    while (true) {
      List<String> loading =
          server.collections().collections().stream()
              .filter(
                  info -> reads.status(info.id()).filter(status -> !status.loaded()).isPresent())
              .map(info -> info.database() + "." + info.name())
              .toList();
      if (loading.isEmpty()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        progress.accept("still loading " + String.join(", ", loading));
        return;
      }
      Thread.sleep(20);
    }
  }

  /** Where clients of this machine find the gRPC port. */
  private String grpcHost() throws IOException {
    InetAddress address = InetAddress.getByName(config.bind());
    return address.isAnyLocalAddress() ? "127.0.0.1" : config.bind();
  }

  private LogConfig logConfig(String bootstrap) {
    LogConfig defaults = LogConfig.of(bootstrap);
    return new LogConfig(
        bootstrap, defaults.dataTopic(), defaults.controlTopic(), config.pchannels());
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private interface Start<T> {
    T get() throws Exception;
  }

  private static <T> T unchecked(Start<T> start) {
    try {
      return start.get();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static void checkPortFree(String bind, int port) throws IOException {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(bind))) {
      LOG.debug("gRPC port free port={}", probe.getLocalPort());
    } catch (IOException e) {
      throw new IOException(
          "gRPC port "
              + port
              + " on "
              + bind
              + " cannot be used ("
              + e.getMessage()
              + "): stop what listens there, or give another with --grpc-port",
          e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void writeRunFile(DataDirectory data, String name, String content)
      throws IOException {
    Path draft = data.run().resolve(name + ".tmp");
    Files.writeString(draft, content + "\n");
    Files.move(draft, data.run().resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void removeRunFiles(DataDirectory data) throws IOException {
    for (String name : new String[] {"ready", "grpc", "http", "pid"}) {
      Files.deleteIfExists(data.run().resolve(name));
    }
  }

  /** One line: where it listens. */
  public String greeting() {
    return greeting;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("part did not stop cleanly part={}", part.getClass().getSimpleName(), e);
      }
    }
    LOG.info("stopped");
  }
}
