package io.tidemark.connectors.log;

import io.tidemark.connectors.lake.AsideCollections;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.control.KafkaControlStore;
import io.tidemark.stores.log.LogConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a job without a checkpoint starts to read: in each partition at the first message that may
 * lie after the global position, or after the position of a collection that was set aside. A
 * message's Kafka timestamp is the physical part of its record's, so the search by time never lands
 * behind a record that is still needed. Without a global position: at the start.
 */
final class StartAfterPosition implements OffsetsInitializer {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(StartAfterPosition.class);

  private final LogConfig log;

  StartAfterPosition(LogConfig log) {
    this.log = log;
  }

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
    Map<TopicPartition, Long> timesMs = new HashMap<>();
    try (ControlStore control = KafkaControlStore.open(log)) {
      control.refresh();
      long aside = AsideCollections.lowestPosition(control);
      for (TopicPartition partition : partitions) {
        control
            .get(ControlKeys.POSITION + partition.partition())
            .ifPresent(position ->
                timesMs.put(
                    partition,
                    HybridTimestamp.physicalMs(Math.min(aside, Long.parseLong(position)))));
      }
    }
    Map<TopicPartition, Long> offsets = new HashMap<>(retriever.beginningOffsets(partitions));
    // The ends are asked for first: what is appended between the two calls is read, not skipped.
    Map<TopicPartition, Long> ends = retriever.endOffsets(partitions);
    Map<TopicPartition, OffsetAndTimestamp> found = retriever.offsetsForTimes(timesMs);
    timesMs
        .keySet()
        .forEach(partition -> {
          OffsetAndTimestamp first = found.get(partition);
          Long offset = first == null ? ends.get(partition) : Long.valueOf(first.offset());
          if (offset != null) {
            offsets.put(partition, offset);
          }
        });
    LOG.info("the log is read from offsets={} times_ms={}", offsets, timesMs);
    return offsets;
  }

  @Override
  @SuppressWarnings("deprecation") // the connector's interface still asks for it
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
