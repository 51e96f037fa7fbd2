package io.tidemark.stores.embedded;

import io.tidemark.stores.log.KafkaSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and its controller in this process, alone in its cluster, with its data in a
 * folder; listens on 127.0.0.1 only. Started again on the same folder, even after a kill, it has
 * every acknowledged record. A broken disk halts the process, as Kafka does.
 *
 * <p>Acknowledged means written to the operating system: a killed process loses nothing, a power
 * cut may lose the last seconds.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final String HOST = "127.0.0.1";
  private static final String FORMATTED = "meta.properties";

  /**
   * Kafka refuses a batch larger than a segment; larger segments make a killed broker slow to
   * start.
   */
  private static final int SEGMENT_BYTES = 96 << 20;

  private final KafkaRaftServer server;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Returns once the broker takes requests.
   *
   * @param folder created and formatted if it is missing or empty
   * @param port for clients
   * @param controllerPort for itself; may be another one at each start, as may {@code port}
   * @throws IOException if the folder cannot be made or holds something else
   * @throws IllegalStateException if the broker cannot start, for example on a port in use
   */
  public static EmbeddedBroker start(Path folder, int port, int controllerPort) throws IOException {
    return start(folder, port, controllerPort, Map.of());
  }

  /**
   * @param overrides of Kafka's broker settings
   */
  static EmbeddedBroker start(
      Path folder, int port, int controllerPort, Map<String, String> overrides) throws IOException {
    long start = System.nanoTime();
    Path home = folder.toAbsolutePath().normalize();
    format(home);
    Map<String, Object> settings = new HashMap<>(settings(home, port, controllerPort));
    settings.putAll(overrides);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (Throwable e) {
      stop(server);
      throw new IllegalStateException(
          "the embedded Kafka broker cannot start on "
              + HOST
              + ":"
              + port
              + " and :"
              + controllerPort
              + " with its data in "
              + home
              + ": "
              + e.getMessage(),
          e);
    }
    String bootstrapServers = HOST + ":" + port;
    LOG.info(
        "embedded broker is up bootstrap={} folder={} took_ms={}",
        bootstrapServers,
        home,
        (System.nanoTime() - start) / 1_000_000);
    return new EmbeddedBroker(server, bootstrapServers);
  }

  /** For clients of this machine: host:port. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Stops cleanly: the next start has nothing to recover. */
  @Override
  public void close() {
    stop(server);
  }

  private static void stop(KafkaRaftServer server) {
    server.shutdown();
    server.awaitShutdown();
  }

  /** In a folder beside, then renamed: a kill on the way leaves nothing half made. */
  private static void format(Path home) throws IOException {
    if (Files.exists(home.resolve(FORMATTED))) {
      return;
    }
    if (Files.exists(home)) {
      try (Stream<Path> files = Files.list(home)) {
        if (files.findAny().isPresent()) {
          throw new IOException(
              "folder " + home + " is neither empty nor a broker's: it has no " + FORMATTED);
        }
      }
      Files.delete(home);
    }
    Path beside = home.resolveSibling(home.getFileName() + ".formatting");
    deleteTree(beside);
    Files.createDirectories(beside);
    Formatter formatter = new Formatter();
    formatter.setPrintStream(
        new PrintStream(
            OutputStream.nullOutputStream(), false, java.nio.charset.StandardCharsets.UTF_8));
    formatter.setSupportedFeatures(Feature.PRODUCTION_FEATURES);
    formatter.setNodeId(1);
    formatter.setClusterId(Uuid.randomUuid().toString());
    formatter.setReleaseVersion(MetadataVersion.LATEST_PRODUCTION);
    formatter.setControllerListenerName("CONTROLLER");
    formatter.setMetadataLogDirectory(beside.toString());
    formatter.addDirectory(beside.toString());
    try {
      formatter.run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("folder " + beside + " cannot be formatted for a broker", e);
    }
    Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Map<String, String> settings(Path home, int port, int controllerPort) {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    String clients = "PLAINTEXT://" + HOST + ":" + port;
    settings.put("listeners", clients + ",CONTROLLER://" + HOST + ":" + controllerPort);
    settings.put("advertised.listeners", clients);
    settings.put("log.dirs", home.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("default.replication.factor", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    for (String internal :
        new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      settings.put(internal + ".replication.factor", "1");
      settings.put(internal + ".num.partitions", "1");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    sizes(settings);
    return settings;
  }

  /** Small where Kafka's defaults reckon with a machine of its own. */
  private static void sizes(Map<String, String> settings) {
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "1");
    settings.put("background.threads", "2");
    settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(2 << 20));
    settings.put("log.cleaner.io.buffer.size", String.valueOf(128 << 10));
    settings.put("queued.max.requests", "100");
    settings.put("log.segment.bytes", String.valueOf(SEGMENT_BYTES));
    // Both indexes of a full segment fit: an entry per 4 KiB of records.
    settings.put("log.index.size.max.bytes", String.valueOf(1 << 20));
    settings.put("message.max.bytes", String.valueOf(KafkaSettings.MESSAGE_BYTES_MAX));
    settings.put("replica.fetch.max.bytes", String.valueOf(KafkaSettings.MESSAGE_BYTES_MAX));
    settings.put("metadata.log.segment.bytes", String.valueOf(16 << 20));
    // A broker that was killed can register again only after its old session.
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("broker.session.timeout.ms", "3000");
  }
}
