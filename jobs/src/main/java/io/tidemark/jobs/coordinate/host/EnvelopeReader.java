package io.tidemark.jobs.coordinate.host;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads envelopes. What is none is set aside: it stays in the topic, where its offset leads to it,
 * is logged with its reason and counted as {@code recordsSetAside}.
 */
final class EnvelopeReader implements KafkaRecordDeserializationSchema<byte[]> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(EnvelopeReader.class);

  private transient @Nullable Counter setAside;

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    setAside = context.getMetricGroup().counter("recordsSetAside");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<byte[]> out) {
    byte[] value = message.value();
    try {
      if (value == null) {
        throw new IllegalArgumentException("message without a value");
      }
      out.collect(Envelope.parse(value).toByteArray());
    } catch (IllegalArgumentException e) {
      if (setAside != null) {
        setAside.inc();
      }
      LOG.error(
          "coordination record set aside topic={} offset={} bytes={} reason={}",
          message.topic(),
          message.offset(),
          value == null ? 0 : value.length,
          e.getMessage());
    }
  }

  @Override
  public TypeInformation<byte[]> getProducedType() {
    return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  }
}
