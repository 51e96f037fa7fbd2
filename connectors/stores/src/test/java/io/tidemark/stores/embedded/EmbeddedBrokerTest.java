package io.tidemark.stores.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.stores.log.KafkaSettings;
import io.tidemark.stores.log.LogConfig;
import io.tidemark.stores.log.LogTopics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  @TempDir Path folder;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void startsAgainOnItsFolderWithOtherPortsAndKeepsItsRecords() throws Exception {
    Path home = folder.resolve("kafka");
    long first;
    try (EmbeddedBroker broker = EmbeddedBroker.start(home, freePort(), freePort())) {
      first = write(broker);
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(home, freePort(), freePort())) {
      assertThat(write(broker)).isEqualTo(first + 1);
    }
    assertThat(folder.resolve("kafka.formatting")).doesNotExist();
  }

  @Test
  void aKilledBrokerIsBackInSecondsWithItsRecords() throws Exception {
    Path home = folder.resolve("kafka");
    int port = freePort();
    try (BrokerProcess process = BrokerProcess.start(home, port, freePort())) {
      LogConfig config = LogConfig.of("127.0.0.1:" + port);
      LogTopics.ensure(config);
      assertThat(write(config)).isZero();
      process.kill();
    }
    long start = System.nanoTime();
    try (EmbeddedBroker broker = EmbeddedBroker.start(home, freePort(), freePort())) {
      assertThat(write(broker)).isEqualTo(1);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      System.out.println("killed broker is back after ms=" + took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(60));
    }
  }

  private static long write(EmbeddedBroker broker) throws Exception {
    LogConfig config = LogConfig.of(broker.bootstrapServers());
    LogTopics.ensure(config);
    return write(config);
  }

  private static long write(LogConfig config) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(KafkaSettings.producer(config, "test", Duration.ofSeconds(20), 1))) {
      return producer
          .send(new ProducerRecord<>(config.dataTopic(), 0, null, new byte[1000]))
          .get()
          .offset();
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> EmbeddedBroker.start(folder.resolve("k"), taken.getLocalPort(), freePort()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aFolderWithSomethingElseIsLeftAlone() throws Exception {
    Path home = Files.createDirectories(folder.resolve("other"));
    Files.writeString(home.resolve("notes"), "mine");
    assertThatThrownBy(() -> EmbeddedBroker.start(home, freePort(), freePort()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither empty nor a broker's");
    assertThat(home.resolve("notes")).hasContent("mine");
  }

  @Test
  void listensOnLoopbackOnly() throws Exception {
    int port = freePort();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("k"), port, freePort())) {
      assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
      // Whoever listens on all addresses would be in the way of this one.
      try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
        assertThat(other.isBound()).isTrue();
      }
    }
  }
}
