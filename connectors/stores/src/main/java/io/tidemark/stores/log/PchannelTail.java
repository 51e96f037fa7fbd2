package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.CorruptRecordException;
import io.tidemark.model.log.LogHeader;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a pchannel from its end on and offers each record to the subscriptions of its vchannel. No
 * lock is held while a listener is called.
 */
final class PchannelTail {
  private static final Logger LOG = LoggerFactory.getLogger(PchannelTail.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final long RETRY_MS = 500;

  private final LogConfig config;
  private final TopicPartition partition;
  private final AtomicLong recordsSetAside = new AtomicLong();

  /** Makes a subscription's hand-over offset and its being offered records one step. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition stopping = lock.newCondition();

  // Guarded by the lock.
  private Subscribers subscribers = new Subscribers(List.of());
  private long nextOffset = -1;
  private boolean stopped;
  private @Nullable Thread thread;
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;

  PchannelTail(LogConfig config, int pchannel) {
    this.config = config;
    this.partition = new TopicPartition(config.dataTopic(), pchannel);
  }

  void add(TailSubscription subscription) {
    lock.lock();
    try {
      if (stopped) {
        throw new IllegalStateException("the log's tails are closed");
      }
      subscribers = subscribers.with(subscription);
      if (nextOffset >= 0) {
        subscription.handOverAt(nextOffset);
      }
      if (thread == null) {
        thread =
            Thread.ofPlatform()
                .name("tidemark-tail-" + partition.partition())
                .daemon()
                .start(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  void remove(TailSubscription subscription) {
    lock.lock();
    try {
      subscribers = subscribers.without(subscription);
    } finally {
      lock.unlock();
    }
  }

  long recordsSetAside() {
    return recordsSetAside.get();
  }

  void stop() {
    List<TailSubscription> present;
    lock.lock();
    try {
      stopped = true;
      present = subscribers.all();
      if (consumer != null) {
        consumer.wakeup();
      }
      stopping.signalAll();
    } finally {
      lock.unlock();
    }
    present.forEach(TailSubscription::close);
  }

  /** The calling thread's own interruption shortens the wait and is kept. */
  void awaitStop(Duration timeout) {
    Thread running;
    lock.lock();
    try {
      running = thread;
    } finally {
      lock.unlock();
    }
    if (running != null && !running.equals(Thread.currentThread())) {
      try {
        running.join(timeout);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (!isStopped()) {
      try (KafkaConsumer<byte[], byte[]> own =
          new KafkaConsumer<>(
              KafkaSettings.consumer(config, "tidemark-tail-" + partition.partition()))) {
        begin(own);
        while (!isStopped()) {
          dispatch(own.poll(POLL).records(partition));
        }
      } catch (WakeupException | InterruptException e) {
        LOG.debug("tail is told to stop partition={}", partition, e);
      } catch (InvalidOffsetException e) {
        lost(e);
      } catch (KafkaException e) {
        LOG.warn(
            "tail cannot read, it tries again partition={} reason={}", partition, e.getMessage());
        pause();
      } catch (RuntimeException | Error e) {
        LOG.error("tail has failed, its subscriptions fail partition={}", partition, e);
        failAll(e);
        pause();
      }
    }
  }

  private void pause() {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(RETRY_MS);
      while (!stopped && nanos > 0) {
        nanos = stopping.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a listener's own code: reading goes on.
      LOG.warn("tail was interrupted partition={}", partition, e);
    } finally {
      lock.unlock();
    }
  }

  /** At the log's end the first time, afterwards where it was. */
  private void begin(KafkaConsumer<byte[], byte[]> own) {
    own.assign(List.of(partition));
    lock.lock();
    try {
      consumer = own;
      if (nextOffset >= 0) {
        own.seek(partition, nextOffset);
        return;
      }
    } finally {
      lock.unlock();
    }
    Map<TopicPartition, Long> ends = own.endOffsets(List.of(partition));
    Long end = ends.get(partition);
    if (end == null) {
      throw new KafkaException("no end offset came back for " + partition);
    }
    own.seek(partition, end);
    lock.lock();
    try {
      nextOffset = end;
      subscribers.all().forEach(subscription -> subscription.handOverAt(end));
    } finally {
      lock.unlock();
    }
  }

  /** The place in the log is gone: trimmed past it, or the log was cut. */
  private void lost(InvalidOffsetException e) {
    LOG.error("place in the log is gone, its subscriptions fail partition={}", partition, e);
    lock.lock();
    try {
      nextOffset = -1;
    } finally {
      lock.unlock();
    }
    failAll(
        new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "the place in " + partition + " is gone from the log: load the table again",
            e));
  }

  private void failAll(Throwable why) {
    present().all().forEach(subscription -> subscription.offerFailure(why));
  }

  private void dispatch(List<ConsumerRecord<byte[], byte[]>> messages) {
    long progress = 0;
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      Subscribers present = advance(message.offset());
      LogHeader header = header(message);
      if (header == null) {
        continue;
      }
      progress = header.timestamp();
      if (header.kind() == LogHeader.Kind.TIME_TICK) {
        for (TailSubscription subscription : present.all()) {
          subscription.offerProgress(progress);
        }
      } else {
        offer(message, present.of(header.collectionId(), header.shard()));
      }
    }
    if (progress > 0) {
      // For those whose vchannel had no record in this batch.
      for (TailSubscription subscription : present().all()) {
        subscription.offerProgress(progress);
      }
    }
  }

  /** The subscriptions that are offered this message; later ones catch up to behind it. */
  private Subscribers advance(long offset) {
    lock.lock();
    try {
      nextOffset = offset + 1;
      return subscribers;
    } finally {
      lock.unlock();
    }
  }

  private Subscribers present() {
    lock.lock();
    try {
      return subscribers;
    } finally {
      lock.unlock();
    }
  }

  private static void offer(
      ConsumerRecord<byte[], byte[]> message, List<TailSubscription> subscriptions) {
    LogRecord.Channel record = null;
    for (TailSubscription subscription : subscriptions) {
      try {
        record = record == null ? decode(message) : record;
      } catch (TidemarkException e) {
        subscription.offerFailure(e);
        continue;
      }
      subscription.offer(record, message.offset(), message.value().length);
    }
  }

  /** Null for a message that is no record: it is set aside, as the ingest job does. */
  @Nullable LogHeader header(ConsumerRecord<byte[], byte[]> message) {
    try {
      if (message.value() == null) {
        throw new CorruptRecordException("message without a value");
      }
      return LogRecordCodec.header(message.value());
    } catch (CorruptRecordException e) {
      recordsSetAside.incrementAndGet();
      LOG.error(
          "message is no log record, set aside partition={} offset={} reason={}",
          partition,
          message.offset(),
          e.getMessage());
      return null;
    }
  }

  /**
   * @throws TidemarkException UNEXPECTED for a corrupt one
   */
  static LogRecord.Channel decode(ConsumerRecord<byte[], byte[]> message) {
    try {
      if (LogRecordCodec.decode(message.value()) instanceof LogRecord.Channel record) {
        return record;
      }
      throw new CorruptRecordException("a tick where its header says otherwise");
    } catch (CorruptRecordException e) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          "log record at offset "
              + message.offset()
              + " of "
              + message.topic()
              + "-"
              + message.partition()
              + " is corrupt: "
              + e.getMessage(),
          e);
    }
  }
}
