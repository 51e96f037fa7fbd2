package io.tidemark.stores.log;

import io.tidemark.model.log.LogRecordCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How the clients of the log talk to the broker. */
public final class KafkaSettings {
  /** The largest Kafka batch: a record and its framing. */
  public static final int MESSAGE_BYTES_MAX = LogRecordCodec.LENGTH_MAX + (64 << 10);

  /** Two clients of one name would be in each other's way in JMX. */
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final int FETCH_BYTES = 16 << 20;

  private KafkaSettings() {}

  /**
   * A producer that keeps order and sends at once.
   *
   * <p>Nothing is compressed: float vectors hardly shrink, and packing and unpacking would be paid
   * on the write's and on the reader's critical path. {@code linger.ms} is 0: while requests are
   * under way the next records gather in a batch by themselves.
   *
   * @param inFlightBytesMax what the caller lets be unanswered, besides one record
   */
  public static Map<String, Object> producer(
      LogConfig config, String clientId, Duration deadline, int inFlightBytesMax) {
    Map<String, Object> settings = client(config, clientId);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MESSAGE_BYTES_MAX);
    // Room for what the caller lets through and for ticks: send() never waits for memory.
    settings.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG, (long) inFlightBytesMax + 2L * MESSAGE_BYTES_MAX);
    int deadlineMs = (int) Math.min(Integer.MAX_VALUE, deadline.toMillis());
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deadlineMs);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, deadlineMs / 2);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, deadlineMs);
    return settings;
  }

  /**
   * A consumer of assigned partitions, without a group, that fails when its offset is gone. A batch
   * larger than a fetch is still returned whole, so fetches may be smaller than the largest record.
   */
  public static Map<String, Object> consumer(LogConfig config, String clientId) {
    Map<String, Object> settings = client(config, clientId);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, RECEIVE_BUFFER_BYTES);
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    return settings;
  }

  /**
   * @param deadline of one call
   */
  public static Map<String, Object> admin(LogConfig config, String clientId, Duration deadline) {
    Map<String, Object> settings = client(config, clientId);
    int deadlineMs = (int) Math.min(Integer.MAX_VALUE, deadline.toMillis());
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, deadlineMs);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(5000, deadlineMs));
    return settings;
  }

  /** Short back-offs: the broker is near, and back soon when it was away. */
  private static Map<String, Object> client(LogConfig config, String clientId) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId + "-" + CLIENTS.getAndIncrement());
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 20);
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 20);
    settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 500);
    settings.put("enable.metrics.push", false);
    return settings;
  }
}
