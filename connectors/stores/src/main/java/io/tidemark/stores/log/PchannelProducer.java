package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import io.tidemark.model.time.HybridClock;
import io.tidemark.model.time.HybridTimestamp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends to one pchannel, and settles what became of a record whose answer did not come.
 *
 * <p>An idempotent producer numbers its batches within an epoch, and raises the epoch when one is
 * given up. So once the broker has taken a later batch of the same producer, a batch that was given
 * up is before it in the log or will never be. Settling is therefore: wait until nothing is under
 * way, then send a tick with the same producer until one is answered. Only a producer that cannot
 * send any more is replaced; then the end of the log is read back first.
 *
 * <p>Every method wants the writer's lock held, but where it says otherwise.
 */
final class PchannelProducer {
  private static final Logger LOG = LoggerFactory.getLogger(PchannelProducer.class);

  /**
   * How long a send may wait, with the lock held, to learn where the topic is; that is known unless
   * the broker has just failed.
   */
  private static final int BLOCK_MS = 100;

  /**
   * Why a record has no answer.
   *
   * @param certain whether it is certain that it was not and will not be written
   */
  record Failure(Throwable cause, boolean certain) {}

  private enum State {
    OPEN,
    /** An outcome is unknown: no appends, and no tick but the settling one. */
    SETTLING,
    /** The producer is being replaced. */
    REPLACING,
    CLOSED
  }

  private final LogConfig config;
  private final int pchannel;
  private final WriterLimits limits;
  private final HybridClock clock;
  private final ReentrantLock lock;
  private final Runnable roomMade;
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();

  private KafkaProducer<byte[], byte[]> kafka;
  private State state = State.OPEN;
  private long lastSent;
  private int ticksUnderWay;
  private boolean sending;
  private long unknownSinceNanos;
  private String unknownWhy = "";

  PchannelProducer(
      LogConfig config,
      int pchannel,
      WriterLimits limits,
      HybridClock clock,
      ReentrantLock lock,
      Runnable roomMade) {
    this.config = config;
    this.pchannel = pchannel;
    this.limits = limits;
    this.clock = clock;
    this.lock = lock;
    this.roomMade = roomMade;
    this.kafka = newKafka();
  }

  /**
   * Without the lock: waits until it knows where the topic is, so that sends do not.
   *
   * @throws TidemarkException SERVICE_NOT_READY
   */
  private KafkaProducer<byte[], byte[]> newKafka() {
    Map<String, Object> settings =
        KafkaSettings.producer(
            config,
            "tidemark-writer-" + pchannel,
            limits.appendDeadline(),
            limits.inFlightBytesMax());
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MS);
    KafkaProducer<byte[], byte[]> opened = new KafkaProducer<>(settings);
    long until = System.nanoTime() + limits.appendDeadline().toNanos();
    while (true) {
      try {
        var unused = opened.partitionsFor(config.dataTopic());
        return opened;
      } catch (TimeoutException e) {
        if (System.nanoTime() > until) {
          opened.close(Duration.ZERO);
          throw new TidemarkException(
              ErrorCode.SERVICE_NOT_READY,
              "the broker at "
                  + config.bootstrapServers()
                  + " does not say where topic "
                  + config.dataTopic()
                  + " is",
              e);
        }
      }
    }
  }

  /** With or without the lock. */
  long inFlightBytes() {
    return inFlightBytes.get();
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  boolean isSettling() {
    return state == State.SETTLING;
  }

  boolean tickUnderWay() {
    return ticksUnderWay > 0;
  }

  /** The highest timestamp that was handed over. */
  long lastSent() {
    return lastSent;
  }

  /**
   * @throws TidemarkException SERVICE_NOT_READY
   */
  void refuseUnlessOpen() {
    switch (state) {
      case OPEN -> {}
      case SETTLING, REPLACING ->
          throw new TidemarkException(
              ErrorCode.SERVICE_NOT_READY,
              "the broker at "
                  + config.bootstrapServers()
                  + " has not confirmed an earlier write to pchannel "
                  + pchannel
                  + " for "
                  + (System.nanoTime() - unknownSinceNanos) / 1_000_000
                  + " ms: nothing was written, retry ("
                  + unknownWhy
                  + ")");
      case CLOSED ->
          throw new TidemarkException(
              ErrorCode.SERVICE_NOT_READY,
              "the writer of pchannel " + pchannel + " is closed: nothing was written");
    }
  }

  /**
   * @param answered called once, without the lock unless the record is refused at once; null when
   *     the broker has the record
   */
  void send(long timestamp, byte[] bytes, Consumer<@Nullable Failure> answered) {
    inFlightBytes.addAndGet(bytes.length);
    inFlight.incrementAndGet();
    lastSent = timestamp;
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(
            config.dataTopic(), pchannel, HybridTimestamp.physicalMs(timestamp), null, bytes);
    int length = bytes.length;
    sending = true;
    try {
      var unused =
          kafka.send(message, (metadata, error) -> answered(timestamp, length, error, answered));
    } catch (RuntimeException | Error e) {
      // Thrown, not reported: the record was not taken over.
      answered(timestamp, length, e, answered);
    } finally {
      sending = false;
    }
  }

  private void answered(
      long timestamp, int length, @Nullable Throwable error, Consumer<@Nullable Failure> answered) {
    inFlight.decrementAndGet();
    inFlightBytes.addAndGet(-length);
    if (error == null) {
      answered.accept(null);
    } else {
      // Refused within send(), which the thread with the lock is in: it was not taken over.
      boolean certain = lock.isHeldByCurrentThread() && sending;
      if (!certain || !isAboutTheRecordOnly(error)) {
        unknown(timestamp, error);
      }
      answered.accept(new Failure(error, certain));
    }
    roomMade.run();
  }

  /** Otherwise the next ones would fail as well: settling finds out when they do not. */
  private static boolean isAboutTheRecordOnly(Throwable error) {
    return error instanceof RecordTooLargeException || error instanceof InterruptException;
  }

  private void unknown(long timestamp, Throwable error) {
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.SETTLING;
        unknownSinceNanos = System.nanoTime();
        unknownWhy = String.valueOf(error.getMessage());
        LOG.warn(
            "a write failed and what is in the log is uncertain, settling pchannel={} timestamp={} reason={}",
            pchannel,
            timestamp,
            unknownWhy);
      }
    } finally {
      lock.unlock();
    }
  }

  void sendTick() {
    sendTick(failure -> {});
  }

  private void sendTick(Consumer<@Nullable Failure> then) {
    long timestamp = clock.next();
    ticksUnderWay++;
    send(
        timestamp,
        LogRecordCodec.encode(new LogRecord.TimeTick(timestamp)),
        failure -> {
          lock.lock();
          try {
            ticksUnderWay--;
            then.accept(failure);
          } finally {
            lock.unlock();
          }
        });
  }

  /** The next step towards {@link State#OPEN}, if it is time for one. */
  void settle() {
    if (inFlight.get() == 0) {
      sendTick(this::settled);
    }
  }

  private void settled(@Nullable Failure failure) {
    if (state != State.SETTLING) {
      return;
    }
    if (failure == null) {
      state = State.OPEN;
      LOG.info(
          "settled, the pchannel takes writes again pchannel={} after_ms={}",
          pchannel,
          (System.nanoTime() - unknownSinceNanos) / 1_000_000);
    } else if (!(failure.cause() instanceof RetriableException)) {
      state = State.REPLACING;
      LOG.warn(
          "the producer cannot send any more, replacing it pchannel={}", pchannel, failure.cause());
      Thread.ofVirtual().name("tidemark-replace-producer-" + pchannel).start(this::replace);
    }
  }

  /** Without the lock: it waits for the broker. */
  private void replace() {
    try {
      kafkaNow().close(limits.appendDeadline());
      long[] last = LogEnd.lastTimestamps(config, List.of(pchannel), limits.appendDeadline());
      clock.liftAbove(last[0]);
      KafkaProducer<byte[], byte[]> next = newKafka();
      lock.lock();
      try {
        if (state == State.CLOSED) {
          next.close();
        } else {
          kafka = next;
          state = State.SETTLING;
        }
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException e) {
      LOG.warn(
          "the producer is not replaced yet, the next tick tries again pchannel={}", pchannel, e);
      lock.lock();
      try {
        if (state == State.REPLACING) {
          // Its ticks fail at once, and that leads back here.
          state = State.SETTLING;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Without the lock. */
  KafkaProducer<byte[], byte[]> kafkaNow() {
    lock.lock();
    try {
      return kafka;
    } finally {
      lock.unlock();
    }
  }

  /** Without the lock held: waits for what is under way. */
  void close() {
    KafkaProducer<byte[], byte[]> open;
    lock.lock();
    try {
      state = State.CLOSED;
      open = kafka;
    } finally {
      lock.unlock();
    }
    open.close(limits.appendDeadline());
  }
}
