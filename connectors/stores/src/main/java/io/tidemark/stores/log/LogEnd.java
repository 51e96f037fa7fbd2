package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.CorruptRecordException;
import io.tidemark.model.log.LogRecordCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads how far the log has come. */
final class LogEnd {
  private static final Logger LOG = LoggerFactory.getLogger(LogEnd.class);

  /** Messages that are no records, at the end of a pchannel, before one gives up. */
  private static final int FOREIGN_MAX = 100;

  private LogEnd() {}

  /**
   * The timestamp of each pchannel's last record; 0 for an empty one.
   *
   * @throws TidemarkException SERVICE_NOT_READY if the broker does not answer in time; UNEXPECTED
   *     if the topic's end holds something else than records
   */
  static long[] lastTimestamps(LogConfig config, List<Integer> pchannels, Duration deadline) {
    long until = System.nanoTime() + deadline.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(KafkaSettings.consumer(config, "tidemark-log-end"))) {
      List<TopicPartition> partitions = new ArrayList<>();
      pchannels.forEach(
          pchannel -> partitions.add(new TopicPartition(config.dataTopic(), pchannel)));
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, deadline);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, deadline);
      long[] last = new long[partitions.size()];
      for (int i = 0; i < last.length; i++) {
        TopicPartition partition = partitions.get(i);
        last[i] =
            last(consumer, partition, offset(begins, partition), offset(ends, partition), until);
      }
      return last;
    } catch (KafkaException e) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          "the end of the log at "
              + config.bootstrapServers()
              + " cannot be read: "
              + e.getMessage(),
          e);
    }
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new IllegalStateException("no offset came back for " + partition);
    }
    return offset;
  }

  private static long last(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long begin,
      long end,
      long until) {
    long lowest = Math.max(begin, end - FOREIGN_MAX);
    for (long offset = end - 1; offset >= lowest; offset--) {
      ConsumerRecord<byte[], byte[]> message = read(consumer, partition, offset, until);
      try {
        return LogRecordCodec.header(message.value()).timestamp();
      } catch (CorruptRecordException e) {
        LOG.error(
            "message at the log's end is no record partition={} offset={} reason={}",
            partition,
            offset,
            e.getMessage());
      }
    }
    if (end > lowest) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          "the last "
              + (end - lowest)
              + " messages of "
              + partition
              + " are no log records: another program writes to this topic");
    }
    return 0;
  }

  private static ConsumerRecord<byte[], byte[]> read(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long offset, long until) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
    while (System.nanoTime() < until) {
      List<ConsumerRecord<byte[], byte[]>> records =
          consumer.poll(Duration.ofMillis(200)).records(partition);
      if (!records.isEmpty()) {
        return records.getFirst();
      }
    }
    throw new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "reading " + partition + " at offset " + offset + " took too long");
  }
}
