package io.tidemark.jobs.coordinate.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.stores.log.LogConfig;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The way from function to function through the coordination topic, at least once: a checkpoint
 * waits until the broker has what was sent before it, and the source goes on after a restore where
 * the checkpoint was.
 */
public final class Feedback {
  private Feedback() {}

  /**
   * @param fromMs without a checkpoint, messages since then are read
   */
  public static KafkaSource<byte[]> source(LogConfig log, long fromMs) {
    return KafkaSource.<byte[]>builder()
        .setBootstrapServers(log.bootstrapServers())
        .setTopics(CoordinationTopic.name(log))
        .setClientIdPrefix("tidemark-coordinator")
        .setStartingOffsets(OffsetsInitializer.timestamp(fromMs))
        .setDeserializer(new EnvelopeReader())
        .setProperty("isolation.level", "read_committed")
        .setProperty("commit.offsets.on.checkpoint", "false")
        .setProperty("partition.discovery.interval.ms", "-1")
        .setProperty("auto.offset.reset", "earliest")
        .setProperty("fetch.min.bytes", "1")
        .build();
  }

  public static KafkaSink<byte[]> sink(LogConfig log) {
    Properties settings = new Properties();
    settings.setProperty(ProducerConfig.ACKS_CONFIG, "all");
    settings.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    settings.setProperty(ProducerConfig.LINGER_MS_CONFIG, "0");
    settings.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
    settings.setProperty(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    return KafkaSink.<byte[]>builder()
        .setBootstrapServers(log.bootstrapServers())
        .setKafkaProducerConfig(settings)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(new ByTarget(CoordinationTopic.name(log)))
        .build();
  }

  /** Keyed by its target, so that a topic of more partitions would still keep the order. */
  private record ByTarget(String topic) implements KafkaRecordSerializationSchema<byte[]> {
    @Override
    public @Nullable ProducerRecord<byte[], byte[]> serialize(
        byte[] envelope, KafkaSinkContext context, @Nullable Long timestamp) {
      return new ProducerRecord<>(topic, Envelope.target(envelope).getBytes(UTF_8), envelope);
    }
  }
}
