package io.tidemark.connectors.log;

import io.tidemark.model.log.CorruptRecordException;
import io.tidemark.model.log.LogEvent;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and verifies records. One that is corrupt is set aside: it stays in the log, where its
 * partition and offset lead to it, is logged with its reason and counted as {@code
 * recordsSetAside}, and the job goes on without it.
 */
final class LogEventReader implements KafkaRecordDeserializationSchema<LogEvent> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LogEventReader.class);

  private transient @Nullable Counter setAside;

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    setAside = context.getMetricGroup().counter("recordsSetAside");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<LogEvent> out) {
    byte[] value = message.value();
    try {
      if (value == null) {
        throw new CorruptRecordException("message without a value");
      }
      out.collect(LogEvent.read(message.partition(), message.offset(), value));
    } catch (CorruptRecordException e) {
      if (setAside != null) {
        setAside.inc();
      }
      LOG.error(
          "log record set aside topic={} partition={} offset={} bytes={} reason={}",
          message.topic(),
          message.partition(),
          message.offset(),
          value == null ? 0 : value.length,
          e.getMessage());
    }
  }

  @Override
  public TypeInformation<LogEvent> getProducedType() {
    return TypeInformation.of(LogEvent.class);
  }
}
