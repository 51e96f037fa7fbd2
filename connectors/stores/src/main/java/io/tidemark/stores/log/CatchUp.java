package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogHeader;
import io.tidemark.model.time.HybridTimestamp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the log for one new subscription until the tail can take over. */
final class CatchUp implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long RETRY_MS = 500;
  private static final long UNKNOWN = -1;

  private final LogConfig config;
  private final TopicPartition partition;
  private final PchannelTail tail;
  private final TailSubscription subscription;

  private long next = UNKNOWN;
  private long lastTimestamp;

  /**
   * Whether the log was trimmed and begins where reading starts: its first record tells if some are
   * missing.
   */
  private boolean perhapsTrimmed;

  CatchUp(LogConfig config, int pchannel, PchannelTail tail, TailSubscription subscription) {
    this.config = config;
    this.partition = new TopicPartition(config.dataTopic(), pchannel);
    this.tail = tail;
    this.subscription = subscription;
  }

  @Override
  public void run() {
    boolean done = false;
    while (!done && subscription.active()) {
      try {
        done = catchUp();
      } catch (InterruptedException | InterruptException e) {
        // The tails are being closed.
        LOG.debug("catch-up interrupted partition={}", partition, e);
        Thread.currentThread().interrupt();
        done = true;
      } catch (InvalidOffsetException e) {
        subscription.fail(trimmed(e));
      } catch (KafkaException e) {
        LOG.warn(
            "catch-up cannot read, it tries again partition={} reason={}",
            partition,
            e.getMessage());
        done = !pause();
      } catch (RuntimeException | Error e) {
        subscription.fail(e);
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(RETRY_MS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private TidemarkException trimmed(@org.jspecify.annotations.Nullable Throwable cause) {
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "records of "
            + partition
            + " after "
            + HybridTimestamp.format(subscription.after())
            + " were trimmed from the log: load the table again",
        cause);
  }

  /** Whether the tail has taken over, or the subscription has ended. */
  private boolean catchUp() throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            KafkaSettings.consumer(config, "tidemark-catch-up-" + partition.partition()))) {
      consumer.assign(List.of(partition));
      if (next == UNKNOWN) {
        next = start(consumer);
      }
      consumer.seek(partition, next);
      while (true) {
        long handOver = subscription.awaitHandOverOffset();
        if (handOver < 0) {
          Throwable failure = subscription.offeredFailure();
          if (failure != null) {
            subscription.fail(failure);
          }
          return true;
        }
        if (next < handOver) {
          read(consumer, handOver);
        } else if (subscription.handOver(next)) {
          return true;
        }
      }
    }
  }

  /** The first offset that may hold a record above what the subscriber has. */
  private long start(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> only = List.of(partition);
    long begin = offset(consumer.beginningOffsets(only));
    // The end is asked for first: what is appended between the two calls is read, not skipped.
    long end = offset(consumer.endOffsets(only));
    Map<TopicPartition, OffsetAndTimestamp> found =
        consumer.offsetsForTimes(
            Map.of(partition, HybridTimestamp.physicalMs(subscription.after())));
    OffsetAndTimestamp first = found.get(partition);
    long start = first == null ? end : first.offset();
    perhapsTrimmed = begin > 0 && start == begin;
    return start;
  }

  private long offset(Map<TopicPartition, Long> offsets) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new KafkaException("no offset came back for " + partition);
    }
    return offset;
  }

  private void read(KafkaConsumer<byte[], byte[]> consumer, long handOver) {
    if (consumer.position(partition) != next) {
      // The last poll returned more than was wanted then; the hand-over offset has moved since.
      consumer.seek(partition, next);
    }
    for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL).records(partition)) {
      if (message.offset() >= handOver || !subscription.active()) {
        break;
      }
      next = message.offset() + 1;
      LogHeader header = tail.header(message);
      if (header != null) {
        take(message, header);
      }
    }
    // Offsets may be passed over without a message.
    next = Math.max(next, Math.min(consumer.position(partition), handOver));
    subscription.progress(lastTimestamp);
  }

  private void take(ConsumerRecord<byte[], byte[]> message, LogHeader header) {
    long timestamp = header.timestamp();
    if (timestamp <= lastTimestamp) {
      throw new IllegalStateException(
          "record at offset "
              + message.offset()
              + " of "
              + partition
              + " has timestamp "
              + timestamp
              + " after "
              + lastTimestamp
              + ": timestamps of a pchannel must ascend");
    }
    if (perhapsTrimmed && timestamp > subscription.after()) {
      throw trimmed(null);
    }
    perhapsTrimmed = false;
    lastTimestamp = timestamp;
    // What was kept and handed over before the hand-over offset moved is met again here.
    if (header.collectionId() == subscription.collectionId()
        && header.shard() == subscription.shard()
        && header.kind() != LogHeader.Kind.TIME_TICK
        && timestamp > subscription.consumed()) {
      subscription.deliver(PchannelTail.decode(message));
    }
  }
}
