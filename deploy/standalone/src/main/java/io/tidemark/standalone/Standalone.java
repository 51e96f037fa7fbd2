package io.tidemark.standalone;

import io.tidemark.connectors.client.Stores;
import io.tidemark.jobs.coordinate.CoordinatorConfig;
import io.tidemark.jobs.coordinate.CoordinatorJob;
import io.tidemark.jobs.coordinate.JobRequests;
import io.tidemark.jobs.coordinate.function.CoordinatorPolicy;
import io.tidemark.jobs.coordinate.schedule.Schedule;
import io.tidemark.jobs.coordinate.schedule.Schedules;
import io.tidemark.jobs.ingest.IngestConfig;
import io.tidemark.jobs.ingest.IngestJob;
import io.tidemark.jobs.run.FlinkFiles;
import io.tidemark.jobs.stream.JobSupervisor;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.read.ReadConfig;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.rpc.MilvusServer;
import io.tidemark.serving.rpc.ServingConfig;
import io.tidemark.serving.write.FlushLog;
import io.tidemark.serving.write.FreeSpace;
import io.tidemark.serving.write.ShardLog;
import io.tidemark.standalone.StandaloneConfig.Jobs;
import io.tidemark.standalone.StandaloneConfig.Listening;
import io.tidemark.standalone.data.DataDirectory;
import io.tidemark.standalone.flink.EmbeddedFlink;
import io.tidemark.standalone.http.HttpEndpoint;
import io.tidemark.standalone.jobs.JobsPage;
import io.tidemark.standalone.search.ExplainPage;
import io.tidemark.standalone.search.RecallPage;
import io.tidemark.standalone.status.Health;
import io.tidemark.standalone.status.StatusPage;
import io.tidemark.standalone.status.StatusReport;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.embedded.EmbeddedBroker;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.SqliteCatalog;
import io.tidemark.stores.log.ChannelWriters;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogTails;
import io.tidemark.stores.log.LogTopics;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in this process: started in the order in which the parts need each other, stopped in
 * the reverse one. While it runs, the data directory's {@code run/} holds {@code pid}, {@code
 * http}, {@code grpc}, {@code flink-web}, {@code log} (host:port each) and, once writes and
 * searches work, {@code ready}.
 */
public final class Standalone implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Standalone.class);
  private static final String LOOPBACK = "127.0.0.1";

  /** Of the ingest job and the coordinator; each batch job at once takes more. */
  private static final int STREAMING_SLOTS = 4;

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
    Listening listening = config.listening();
    Path scheduleFile = config.jobs().schedules();
    List<Schedule> schedules =
        scheduleFile == null ? Schedules.DEFAULTS : Schedules.load(scheduleFile);
    Ports.checkFree("gRPC", "--grpc-port", listening.bind(), listening.grpcPort());
    Ports.checkFree("Flink", "--flink-port", LOOPBACK, listening.flinkPort());
    HttpEndpoint http = keep(HttpEndpoint.listen(listening.httpPort()));
    DataDirectory data = keep(DataDirectory.open(config.data()));
    LakeConfig lakeConfig = Storages.lake(config.storage(), data);
    // Before the log is open: with an empty catalog, its entries of collections would be removed.
    SqliteCatalog.requirePresent(lakeConfig);
    NativeLibraries.keepIn(data.run().resolve("native"));
    RunFiles files = new RunFiles(data.run());
    files.removeAll();
    files.write("pid", String.valueOf(ProcessHandle.current().pid()));
    files.write("http", LOOPBACK + ":" + http.port());
    LOG.info("starting data={} pid={}", data.root(), ProcessHandle.current().pid());

    progress.accept("starting the log and the job cluster on " + data.root());
    FlinkFiles.initialize(lakeConfig);
    CompletableFuture<EmbeddedFlink> flinkStart =
        CompletableFuture.supplyAsync(() -> unchecked(() -> startFlink(data)));
    CompletableFuture<Lake> lakeStart = CompletableFuture.supplyAsync(() -> openLake(lakeConfig));
    EmbeddedBroker broker = keep(EmbeddedBroker.start(data.kafka(), Ports.free(), Ports.free()));
    LogConfig logConfig = logConfig(broker.bootstrapServers());
    LogTopics.ensure(logConfig);
    files.write("log", broker.bootstrapServers());
    ControlStore control = keep(KafkaControlStore.open(logConfig));
    Lake lake = keep(await(lakeStart));
    EmbeddedFlink flink = keep(await(flinkStart));
    files.write("flink-web", LOOPBACK + ":" + flink.address().port());

    progress.accept("starting serving");
    ChannelWriters writers =
        keep(ChannelWriters.open(logConfig, System::currentTimeMillis, Floor.of(lake, control)));
    LogTails tails = keep(LogTails.open(logConfig));
    ReadService reads =
        keep(
            new ReadService(
                lake,
                tails,
                writers,
                control,
                ReadConfig.defaults(data.cache())
                    .withCacheBytesMax(config.storage().cacheBytesMax())
                    .withMemory(config.memory().growingBytesMax(), config.memory().loadedBytesMax())
                    .withRecallShare(config.recall().cpuPercent() / 100)));
    JobSupervisor ingest =
        keep(
            JobSupervisor.start(
                flink,
                IngestJob.of(
                    IngestConfig.defaults(
                            logConfig,
                            lakeConfig,
                            Storages.checkpoints(config.storage(), data, "ingest"))
                        .withWindow(config.ingestion().window()))));
    JobSupervisor coordinator =
        keep(
            JobSupervisor.start(
                flink,
                CoordinatorJob.of(
                    coordinatorConfig(
                        CoordinatorConfig.defaults(
                            logConfig,
                            lakeConfig,
                            Storages.checkpoints(config.storage(), data, "coordinator"),
                            flink.address()),
                        schedules))));
    JobRequests requests = keep(JobRequests.open(logConfig, control));
    MilvusServer server =
        keep(
            MilvusServer.start(
                ServingConfig.defaults()
                    .withAddress(listening.bind(), listening.grpcPort())
                    .withPchannels(config.ingestion().pchannels())
                    .withSpace(FreeSpace.on(data.root(), config.storage().diskFreeMin())),
                lake,
                writers,
                control,
                reads));
    files.write("grpc", grpcHost() + ":" + server.port());

    JobsPage jobs =
        new JobsPage(requests, lake, control, new FlushLog(new ShardLog(writers), lake, control));
    StatusReport.Addresses addresses =
        new StatusReport.Addresses(
            listening.bind() + ":" + server.port(),
            LOOPBACK + ":" + http.port(),
            LOOPBACK + ":" + flink.address().port(),
            broker.bootstrapServers(),
            data.root().toString());
    StatusPage status =
        keep(
            new StatusPage(
                new StatusPage.Sources(
                    lake,
                    control,
                    reads,
                    new Health(control, ingest, coordinator, config.ingestion().window()),
                    writers::lastAcknowledged,
                    jobs::all,
                    data.kafka()),
                addresses));
    http.handle("/status", request -> status.status());
    http.handle("/status.json", request -> status.json());
    http.handle("/admin/jobs", JobsPage.METHODS, jobs::answer);
    http.handle(
        "/admin/stores",
        request -> HttpEndpoint.Answer.json(200, new Stores(logConfig, lakeConfig).toJson()));
    http.handle(
        "/admin/explain",
        new ExplainPage(
                reads::explained, (database, name) -> lake.collection(database, name).isPresent())
            ::answer);
    http.handle("/admin/recall", new RecallPage(reads, lake)::answer);
    http.handle("/metrics", request -> status.metrics());
    http.handle("/healthz", request -> status.health());
    awaitRunning(ingest);
    awaitLoaded(server, reads, progress);
    greeting =
        String.format(
            java.util.Locale.ROOT,
            "Tidemark is ready after %.1f s: gRPC on %s, HTTP on %s, Flink's pages on http://%s, data in %s",
            (System.nanoTime() - start) / 1e9,
            addresses.grpc(),
            addresses.http(),
            addresses.flink(),
            addresses.data());
    LOG.info("{}", greeting);
    if (!InetAddress.getByName(listening.bind()).isLoopbackAddress()) {
      String warning =
          "warning: the gRPC port listens on "
              + listening.bind()
              + " without authentication: whoever reaches it can read and delete everything";
      LOG.warn("{}", warning);
      progress.accept(warning);
    }
    files.write("ready", greeting);
    keep(files::removeAll);
  }

  private static Lake openLake(LakeConfig config) {
    SqliteCatalog.requireSound(config);
    return Lake.open(config);
  }

  private EmbeddedFlink startFlink(DataDirectory data) throws Exception {
    return EmbeddedFlink.start(
        data.checkpoints(),
        data.run().resolve("flink"),
        STREAMING_SLOTS + 1 + config.jobs().atOnce(),
        config.listening().flinkPort());
  }

  private CoordinatorConfig coordinatorConfig(
      CoordinatorConfig defaults, List<Schedule> schedules) {
    Jobs jobs = config.jobs();
    return defaults
        .withPolicy(
            CoordinatorPolicy.DEFAULTS
                .withLimits(config.ingestion().segments())
                .withJobsAtOnce(jobs.atOnce()))
        .withSchedules(schedules)
        .withJobDefaults(Map.of("threads", Integer.toString(jobs.threads())));
  }

  /**
   * Writes work before the ingest job runs, but nobody should be told so: they would not reach the
   * lake.
   */
  private static void awaitRunning(JobSupervisor ingest) throws Exception {
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
              .map(info -> info.database() + "." + info.name() + failure(reads, info))
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

  private static String failure(ReadService reads, CollectionInfo info) {
    return reads.status(info.id()).map(LoadStatus::error).map(why -> " (" + why + ")").orElse("");
  }

  /** Where clients of this machine find the gRPC port. */
  private String grpcHost() throws IOException {
    String bind = config.listening().bind();
    return InetAddress.getByName(bind).isAnyLocalAddress() ? LOOPBACK : bind;
  }

  private LogConfig logConfig(String bootstrap) {
    LogConfig defaults = LogConfig.of(bootstrap);
    return new LogConfig(
        bootstrap, defaults.dataTopic(), defaults.controlTopic(), config.ingestion().pchannels());
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
