package io.tidemark.stores.log;

import io.tidemark.model.column.Column;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.LogRecordCodec;
import io.tidemark.model.time.HybridClock;
import io.tidemark.model.time.HybridTimestamp;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a pchannel: gives each record its timestamp and hands it to the broker under
 * one lock, so that the order of the timestamps is the order in the log.
 *
 * <p>An append's future completes with the record's timestamp after the broker has it. It fails
 * with a {@link TidemarkException}: INVALID_PARAMETER for a record over {@link
 * LogRecordCodec#LENGTH_MAX}; RATE_LIMIT if there was no room for it; SERVICE_NOT_READY if the
 * broker did not answer within the deadline, and then the message says whether the record was
 * certainly not written or may be in the log. After such an unknown outcome the writer refuses
 * appends and ticks nothing until a tick of its own is answered: a broker that takes that one has
 * taken every earlier record before it, or never will. (One producer instance numbers its batches;
 * the broker refuses a late one.)
 *
 * <p>Thread-safe. Futures complete on virtual threads, which may block.
 */
public final class ChannelWriter {
  private static final long REACH_AHEAD_MS_MAX = 60_000;

  private final LogConfig config;
  private final int pchannel;
  private final HybridClock clock;
  private final LongSupplier wallClockMs;
  private final WriterLimits limits;
  private final Executor completions;
  final PchannelProducer producer;
  private final AtomicLong lastAcknowledged;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();

  // Guarded by the lock.
  private final RecentWrites recent;

  /** Appends that wait for room. */
  private final AtomicInteger waiting = new AtomicInteger();

  ChannelWriter(
      LogConfig config,
      int pchannel,
      HybridClock clock,
      LongSupplier wallClockMs,
      long lastRecord,
      WriterLimits limits,
      Executor completions) {
    this.config = config;
    this.pchannel = pchannel;
    this.clock = clock;
    this.wallClockMs = wallClockMs;
    this.limits = limits;
    this.completions = completions;
    this.lastAcknowledged = new AtomicLong(lastRecord);
    this.recent = new RecentWrites(limits.recentKeysMax(), clock.last());
    this.producer = new PchannelProducer(config, pchannel, limits, clock, lock, this::roomMade);
  }

  /**
   * Appends a record. Which keys an insert writes is not known here: {@link
   * #appendUnlessWrittenSince} takes the whole collection for written. Use {@link #append(Column,
   * LongFunction)} for inserts.
   *
   * @param at makes the record for its timestamp; called once, under the writer's lock
   * @return the record's timestamp, once the broker has it
   */
  public CompletableFuture<Long> append(LongFunction<LogRecord> at) {
    return write(null, at);
  }

  /**
   * Appends a record.
   *
   * @param keys all keys that the record writes
   * @param at as above
   */
  public CompletableFuture<Long> append(Column keys, LongFunction<LogRecord> at) {
    return write(new WrittenKeys(-1, 0, keys, List.of()), at);
  }

  /**
   * Appends a record unless one of the keys may have been written after {@code readTimestamp}; then
   * the future fails with {@link KeysWrittenSinceException}, at once.
   *
   * @param keys all keys that the record writes, as Long or String
   */
  public CompletableFuture<Long> appendUnlessWrittenSince(
      long readTimestamp, long collectionId, Collection<?> keys, LongFunction<LogRecord> at) {
    return write(new WrittenKeys(readTimestamp, collectionId, null, keys), at);
  }

  /**
   * @param readTimestamp −1 for a write that has not read
   */
  private record WrittenKeys(
      long readTimestamp, long collectionId, @Nullable Column column, Collection<?> keys) {}

  private CompletableFuture<Long> write(@Nullable WrittenKeys keys, LongFunction<LogRecord> at) {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    lock.lock();
    try {
      awaitRoom();
      if (keys != null && keys.readTimestamp() >= 0) {
        refuseIfWritten(keys);
      }
      long timestamp = clock.next();
      LogRecord record = at.apply(timestamp);
      if (record.timestamp() != timestamp) {
        throw new IllegalArgumentException(
            "record has timestamp " + record.timestamp() + " and was given " + timestamp);
      }
      byte[] bytes = encode(record);
      remember(keys, record);
      producer.send(timestamp, bytes, failure -> answered(answer, timestamp, failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.completeExceptionally(
          notReady("interrupted before anything was written to pchannel " + pchannel, e));
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    } finally {
      lock.unlock();
    }
    return answer;
  }

  private void awaitRoom() throws InterruptedException {
    long nanos = limits.appendDeadline().toNanos();
    // Counted before the look at the bytes, as roomMade() looks at them before the count.
    waiting.incrementAndGet();
    try {
      while (true) {
        producer.refuseUnlessOpen();
        if (producer.inFlightBytes() < limits.inFlightBytesMax()) {
          return;
        }
        if (nanos <= 0) {
          throw new TidemarkException(
              ErrorCode.RATE_LIMIT,
              "pchannel "
                  + pchannel
                  + " has "
                  + producer.inFlightBytes()
                  + " bytes that the broker has not answered, the limit is "
                  + limits.inFlightBytesMax()
                  + ", and had no room within "
                  + limits.appendDeadline().toMillis()
                  + " ms: nothing was written, write more slowly");
        }
        nanos = room.awaitNanos(nanos);
      }
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Called by the producer's thread after each answer. */
  private void roomMade() {
    if (waiting.get() == 0) {
      return;
    }
    lock.lock();
    try {
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void refuseIfWritten(WrittenKeys keys) {
    long written = recent.writtenAfter(keys.readTimestamp(), keys.collectionId(), keys.keys());
    if (written != 0) {
      throw new KeysWrittenSinceException(keys.collectionId(), keys.readTimestamp(), written);
    }
  }

  private static byte[] encode(LogRecord record) {
    try {
      return LogRecordCodec.encode(record);
    } catch (IllegalArgumentException e) {
      throw TidemarkException.invalid(String.valueOf(e.getMessage()));
    }
  }

  /** Before the outcome is known: a write that fails counts as one that was. */
  private void remember(@Nullable WrittenKeys keys, LogRecord record) {
    if (!(record instanceof LogRecord.Channel channel)) {
      return;
    }
    long collection = channel.collectionId();
    long timestamp = channel.timestamp();
    if (keys != null) {
      remember(collection, keys.column(), timestamp);
      keys.keys().forEach(key -> recent.written(collection, key, timestamp));
    } else if (channel instanceof LogRecord.Delete delete) {
      remember(collection, delete.keys(), timestamp);
    } else if (channel instanceof LogRecord.Insert) {
      recent.writtenUnknown(collection, timestamp);
    }
  }

  private void remember(long collectionId, @Nullable Column keys, long timestamp) {
    if (keys == null) {
      return;
    }
    for (int row = 0; row < keys.size(); row++) {
      Object key = keys.value(row);
      if (key != null) {
        recent.written(collectionId, key, timestamp);
      }
    }
  }

  private void answered(
      CompletableFuture<Long> answer, long timestamp, PchannelProducer.@Nullable Failure failure) {
    if (failure == null) {
      lastAcknowledged.accumulateAndGet(timestamp, Math::max);
      answer.completeAsync(() -> timestamp, completions);
    } else {
      completions.execute(() -> answer.completeExceptionally(exception(timestamp, failure)));
    }
  }

  private TidemarkException exception(long timestamp, PchannelProducer.Failure failure) {
    if (failure.cause() instanceof RecordTooLargeException) {
      return new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "the broker refused the record: " + failure.cause().getMessage(),
          failure.cause());
    }
    String outcome =
        failure.certain()
            ? "was not written"
            : "may or may not be in the log, with timestamp " + timestamp;
    return notReady(
        "the broker at "
            + config.bootstrapServers()
            + " did not confirm a write to pchannel "
            + pchannel
            + ": it "
            + outcome
            + "; retry ("
            + failure.cause().getMessage()
            + ")",
        failure.cause());
  }

  private static TidemarkException notReady(String message, Throwable cause) {
    return new TidemarkException(ErrorCode.SERVICE_NOT_READY, message, cause);
  }

  /** A periodic tick; while one is under way no other is sent. */
  void tick() {
    lock.lock();
    try {
      if (producer.isSettling()) {
        producer.settle();
      } else if (producer.isOpen() && !producer.tickUnderWay()) {
        producer.sendTick();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes the log reach a reader's guarantee: every later timestamp is above it, and unless a
   * record at or above it was sent already, a tick is sent at once. While the broker is away
   * nothing is sent, and the reader waits until its own deadline.
   *
   * @throws TidemarkException INVALID_PARAMETER if the guarantee is more than 60 s ahead of both
   *     the wall clock and the last timestamp
   */
  public void reach(long guarantee) {
    long ahead = HybridTimestamp.physicalMs(guarantee) - wallClockMs.getAsLong();
    if (guarantee > clock.last() && ahead > REACH_AHEAD_MS_MAX) {
      throw TidemarkException.invalid(
          "guarantee timestamp "
              + guarantee
              + " is "
              + ahead
              + " ms ahead of the clock, the limit is "
              + REACH_AHEAD_MS_MAX
              + ": take one that a write returned");
    }
    lock.lock();
    try {
      if (producer.isOpen() && producer.lastSent() < guarantee) {
        clock.liftAbove(guarantee);
        producer.sendTick();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The timestamp of this pchannel's newest acknowledged write, ticks not counted; at the start
   * that of its last record.
   */
  public long lastAcknowledged() {
    return lastAcknowledged.get();
  }

  int pchannel() {
    return pchannel;
  }

  void close() {
    producer.close();
  }
}
