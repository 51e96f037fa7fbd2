package io.tidemark.stores.log;

import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.log.LogHeader;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import io.tidemark.stores.embedded.EmbeddedBroker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A real broker in a folder, and what tests of the log share. */
final class LogFixture implements AutoCloseable {
  static final int KEY_FIELD = 100;
  static final Duration SOON = Duration.ofSeconds(60);

  private final Path folder;
  private final int port = freePort();
  private EmbeddedBroker broker;

  LogFixture(Path folder) throws IOException {
    this.folder = folder.resolve("kafka");
    this.broker = EmbeddedBroker.start(this.folder, port, freePort());
  }

  EmbeddedBroker broker() {
    return broker;
  }

  /** On the same port and folder, as clients expect it. */
  void startAgain() throws IOException {
    broker = EmbeddedBroker.start(folder, port, freePort());
  }

  /** A log of its own for each test. */
  LogConfig log(String name) {
    return log(broker.bootstrapServers(), name);
  }

  static LogConfig log(String bootstrapServers, String name) {
    LogConfig config = new LogConfig(bootstrapServers, name + "-log", name + "-control", 2);
    LogTopics.ensure(config);
    return config;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static LongFunction<LogRecord> insert(long collectionId, long... keys) {
    return timestamp ->
        new LogRecord.Insert(
            timestamp,
            collectionId,
            0,
            "_default",
            1,
            false,
            new EntityBatch(keys.length, Map.of(KEY_FIELD, LongColumn.of(keys, null))));
  }

  static long key(LogRecord.Channel record) {
    return (Long) ((LogRecord.Insert) record).rows().column(KEY_FIELD).orElseThrow().value(0);
  }

  /** All records of a pchannel, headers only, read by a plain consumer. */
  static List<LogHeader> read(LogConfig config, int pchannel) {
    return messages(config, pchannel).stream()
        .map(message -> LogRecordCodec.header(message.value()))
        .toList();
  }

  static List<ConsumerRecord<byte[], byte[]>> messages(LogConfig config, int pchannel) {
    TopicPartition partition = new TopicPartition(config.dataTopic(), pchannel);
    List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(KafkaSettings.consumer(config, "test"))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).records(partition).forEach(messages::add);
      }
    }
    return messages;
  }

  @Override
  public void close() {
    broker.close();
  }
}
