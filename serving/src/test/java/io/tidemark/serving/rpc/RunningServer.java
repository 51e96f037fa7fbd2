package io.tidemark.serving.rpc;

import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.tidemark.serving.read.ReadConfig;
import io.tidemark.serving.read.ReadService;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server over a real broker and a real lake in a folder; all but the broker can be stopped and
 * started again.
 */
final class RunningServer implements AutoCloseable {
  private final Path folder;
  private final EmbeddedBroker broker;
  private final LogConfig log;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private MilvusServer server;
  private KafkaControlStore control;
  private Lake lake;

  private RunningServer(Path folder, EmbeddedBroker broker) {
    this.folder = folder;
    this.broker = broker;
    this.log = LogConfig.of(broker.bootstrapServers());
  }

  static RunningServer start(Path folder) throws IOException {
    EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), freePort(), freePort());
    RunningServer running = new RunningServer(folder, broker);
    LogTopics.ensure(running.log);
    running.startServer();
    return running;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void startServer() {
    lake =
        opened(
            Lake.open(
                LakeConfig.sqlite(folder.resolve("catalog.db"), folder.resolve("warehouse"))));
    control = opened(KafkaControlStore.open(log));
    ChannelWriters writers = opened(ChannelWriters.open(log, System::currentTimeMillis, 0));
    LogTails tails = opened(LogTails.open(log));
    ReadService read =
        opened(
            new ReadService(
                lake, tails, writers, control, ReadConfig.defaults(folder.resolve("cache"))));
    ServingConfig config =
        ServingConfig.defaults()
            .withAddress(ServingConfig.LOOPBACK, 0)
            .withPchannels(log.pchannels());
    server = opened(MilvusServer.start(config, lake, writers, control, read));
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.addFirst(part);
    return part;
  }

  void restart() throws Exception {
    stopServer();
    startServer();
  }

  private void stopServer() throws Exception {
    for (AutoCloseable part : parts) {
      part.close();
    }
    parts.clear();
  }

  int port() {
    return server.port();
  }

  KafkaControlStore control() {
    return control;
  }

  Lake lake() {
    return lake;
  }

  MilvusClientV2 client() {
    return client("");
  }

  MilvusClientV2 client(String database) {
    ConnectConfig config = ConnectConfig.builder().uri("http://127.0.0.1:" + port()).build();
    if (!database.isEmpty()) {
      config.setDbName(database);
    }
    return new MilvusClientV2(config);
  }

  @Override
  public void close() throws Exception {
    stopServer();
    broker.close();
  }
}
