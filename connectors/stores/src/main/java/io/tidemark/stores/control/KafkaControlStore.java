package io.tidemark.stores.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.log.KafkaSettings;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control state as a compacted Kafka topic of one partition: a message's key is the key, its value
 * the value, both UTF-8; one without a value deletes. The whole topic is held in memory and
 * followed by one consumer. A write returns once the broker has it and this store has read it back.
 * Waits are bounded: 10 s.
 */
public final class KafkaControlStore implements ControlStore {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaControlStore.class);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final long RETRY_MS = 500;
  private static final int ENTRY_BYTES_MAX = 512 << 10;

  private final LogConfig config;
  private final TopicPartition partition;
  private final ConcurrentSkipListMap<String, String> entries = new ConcurrentSkipListMap<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread follower;
  private volatile boolean closed;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();

  /** Every message below this offset is in the entries; guarded by the lock. */
  private long nextOffset;

  private KafkaControlStore(LogConfig config) {
    this.config = config;
    this.partition = new TopicPartition(config.controlTopic(), 0);
    this.producer =
        new KafkaProducer<>(
            KafkaSettings.producer(config, "tidemark-control", DEADLINE, ENTRY_BYTES_MAX));
    this.admin = Admin.create(KafkaSettings.admin(config, "tidemark-control", DEADLINE));
    Map<String, Object> settings = KafkaSettings.consumer(config, "tidemark-control");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
    settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 64 << 10);
    this.consumer = new KafkaConsumer<>(settings);
    this.follower = Thread.ofPlatform().name("tidemark-control").daemon().unstarted(this::follow);
  }

  /**
   * Returns once everything written before is in memory.
   *
   * @throws TidemarkException SERVICE_NOT_READY if the broker does not answer in time
   */
  public static KafkaControlStore open(LogConfig config) {
    KafkaControlStore store = new KafkaControlStore(config);
    try {
      store.follower.start();
      store.refresh();
      return store;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public Optional<String> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public Map<String, String> list(String prefix) {
    Map<String, String> found = new TreeMap<>();
    for (Map.Entry<String, String> entry : entries.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      found.put(entry.getKey(), entry.getValue());
    }
    return found;
  }

  @Override
  public void put(String key, String value) {
    write(key, value.getBytes(UTF_8));
  }

  @Override
  public void delete(String key) {
    write(key, null);
  }

  private void write(String key, byte @Nullable [] value) {
    byte[] keyBytes = key.getBytes(UTF_8);
    int length = keyBytes.length + (value == null ? 0 : value.length);
    if (length > ENTRY_BYTES_MAX) {
      throw TidemarkException.invalid(
          "control entry '"
              + (key.length() > 100 ? key.substring(0, 100) + "…" : key)
              + "' has "
              + length
              + " bytes, the limit is "
              + ENTRY_BYTES_MAX);
    }
    try {
      RecordMetadata written =
          producer
              .send(new ProducerRecord<>(config.controlTopic(), 0, keyBytes, value))
              .get(2 * DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      awaitOffset(written.offset() + 1);
    } catch (ExecutionException
        | java.util.concurrent.TimeoutException
        | KafkaException
        | IllegalStateException e) {
      throw notReady("the write of '" + key + "' was not confirmed; it may be there, repeat it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady("interrupted while writing '" + key + "'; it may be there, repeat it", e);
    }
  }

  @Override
  public void refresh() {
    try {
      long end =
          admin
              .listOffsets(Map.of(partition, OffsetSpec.latest()))
              .partitionResult(partition)
              .get()
              .offset();
      awaitOffset(end);
    } catch (ExecutionException | KafkaException | IllegalStateException e) {
      throw notReady("its end cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notReady("interrupted while reading it", e);
    }
  }

  private void awaitOffset(long offset) throws InterruptedException {
    long nanos = DEADLINE.toNanos();
    lock.lockInterruptibly();
    try {
      while (nextOffset < offset) {
        if (closed) {
          throw new IllegalStateException("closed");
        }
        if (nanos <= 0) {
          throw notReady("read up to offset " + nextOffset + " of " + offset + " in time", null);
        }
        nanos = advanced.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private TidemarkException notReady(String what, @Nullable Throwable cause) {
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "control topic "
            + config.controlTopic()
            + " at "
            + config.bootstrapServers()
            + ": "
            + what
            + (cause == null ? "" : " (" + cause.getMessage() + ")"),
        cause);
  }

  private void follow() {
    try (consumer) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (!closed) {
        try {
          apply();
        } catch (WakeupException | InterruptException e) {
          LOG.debug("control store is told to stop", e);
        } catch (RuntimeException e) {
          LOG.warn("control topic cannot be read, trying again", e);
          Thread.sleep(RETRY_MS);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("control store is told to stop", e);
    }
  }

  private void apply() {
    for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL).records(partition)) {
      if (message.key() == null) {
        LOG.error("control message without a key, passed over offset={}", message.offset());
        continue;
      }
      String key = new String(message.key(), UTF_8);
      if (message.value() == null) {
        entries.remove(key);
      } else {
        entries.put(key, new String(message.value(), UTF_8));
      }
    }
    // The consumer's place also passes offsets that compaction has emptied.
    long next = consumer.position(partition);
    lock.lock();
    try {
      if (next != nextOffset) {
        nextOffset = next;
        advanced.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    producer.close(DEADLINE);
    admin.close(DEADLINE);
    lock.lock();
    try {
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      follower.join(DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
