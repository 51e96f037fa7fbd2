package io.tidemark.stores.log;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.time.HybridTimestamp;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription. It begins catching up: a {@link CatchUp} calls the listener, up to the
 * hand-over offset; what the shared tail reads from there on is kept. When nothing is left to catch
 * up, the tail takes over. If more comes than may be kept, it is dropped and the hand-over offset
 * moves behind it: the catch-up reads it from the log.
 */
final class TailSubscription implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(TailSubscription.class);

  /** Kept while catching up; beyond it the log is read again. */
  private static final long KEPT_BYTES_MAX = 32 << 20;

  private enum State {
    CATCHING_UP,
    LIVE,
    FAILED,
    CLOSED
  }

  /** What the tail read while this one was catching up. */
  private record Kept(List<LogRecord.Channel> records, long upTo) {}

  private final PchannelTail tail;
  private final long collectionId;
  private final int shard;
  private final long after;
  private final LogListener listener;

  private final ReentrantLock lock = new ReentrantLock();

  /** State, hand-over offset or consumed timestamp have changed. */
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private State state = State.CATCHING_UP;
  private long handOverOffset = -1;
  private final Deque<LogRecord.Channel> kept = new ArrayDeque<>();
  private long keptBytes;
  private long keptUpTo;
  private @Nullable Throwable failure;

  private volatile long consumed;

  TailSubscription(
      PchannelTail tail, long collectionId, int shard, long after, LogListener listener) {
    this.tail = tail;
    this.collectionId = collectionId;
    this.shard = shard;
    this.after = after;
    this.listener = listener;
    this.consumed = after;
  }

  long collectionId() {
    return collectionId;
  }

  int shard() {
    return shard;
  }

  long after() {
    return after;
  }

  @Override
  public long consumed() {
    return consumed;
  }

  @Override
  public boolean await(long timestamp, Duration timeout) throws InterruptedException {
    if (consumed >= timestamp) {
      return true;
    }
    long nanos = timeout.toNanos();
    lock.lockInterruptibly();
    try {
      while (consumed < timestamp) {
        if (failure != null) {
          throw new TidemarkException(
              ErrorCode.SERVICE_NOT_READY,
              "following shard "
                  + shard
                  + " of collection "
                  + collectionId
                  + " has failed: "
                  + failure.getMessage(),
              failure);
        }
        if (state == State.CLOSED || nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (state != State.FAILED) {
        state = State.CLOSED;
      }
      kept.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    tail.remove(this);
  }

  /** Ends it with the listener's last call; only from the thread that may call the listener. */
  void fail(Throwable why) {
    lock.lock();
    try {
      if (!isActive()) {
        return;
      }
      state = State.FAILED;
      failure = why;
      kept.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    tail.remove(this);
    LOG.warn("subscription failed collection={} shard={}", collectionId, shard, why);
    try {
      listener.onFailure(why);
    } catch (RuntimeException e) {
      LOG.error("listener failed on a failure collection={} shard={}", collectionId, shard, e);
    }
  }

  private boolean isActive() {
    return state == State.CATCHING_UP || state == State.LIVE;
  }

  boolean active() {
    lock.lock();
    try {
      return isActive();
    } finally {
      lock.unlock();
    }
  }

  // The tail's side: called by its thread alone.

  /** From this offset on the tail offers its records. */
  void handOverAt(long offset) {
    lock.lock();
    try {
      handOverOffset = offset;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param bytes of the record in the log
   */
  void offer(LogRecord.Channel record, long offset, int bytes) {
    if (keepRecord(record, offset, bytes)) {
      return;
    }
    deliver(record);
  }

  private boolean keepRecord(LogRecord.Channel record, long offset, int bytes) {
    lock.lock();
    try {
      if (state != State.CATCHING_UP) {
        return false;
      }
      if (keptBytes + bytes > KEPT_BYTES_MAX) {
        kept.clear();
        keptBytes = 0;
        handOverOffset = offset + 1;
      } else {
        kept.add(record);
        keptBytes += bytes;
      }
      keptUpTo = record.timestamp();
      return true;
    } finally {
      lock.unlock();
    }
  }

  void offerProgress(long timestamp) {
    lock.lock();
    try {
      if (state == State.CATCHING_UP) {
        keptUpTo = Math.max(keptUpTo, timestamp);
        return;
      }
    } finally {
      lock.unlock();
    }
    progress(timestamp);
  }

  /** The tail cannot go on for this one, for example at a corrupt record. */
  void offerFailure(Throwable why) {
    lock.lock();
    try {
      if (state == State.CATCHING_UP) {
        // The catch-up's thread has the listener: it meets the failure when it comes here.
        failure = why;
        changed.signalAll();
        return;
      }
    } finally {
      lock.unlock();
    }
    fail(why);
  }

  // The catch-up's side: called by its thread alone, until it has handed over.

  /**
   * Waits until the tail has said where it takes over; −1 if the subscription has ended or the tail
   * has failed.
   */
  long awaitHandOverOffset() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (handOverOffset < 0 && state == State.CATCHING_UP && failure == null) {
        changed.await();
      }
      return state == State.CATCHING_UP && failure == null ? handOverOffset : -1;
    } finally {
      lock.unlock();
    }
  }

  @Nullable Throwable offeredFailure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Everything below {@code offset} was handed over by the catch-up: hands over what was kept, and
   * then the subscription to the tail.
   *
   * @return false if the hand-over offset has moved beyond {@code offset}, or the tail has failed:
   *     go on catching up
   */
  boolean handOver(long offset) {
    while (true) {
      Kept batch;
      lock.lock();
      try {
        if (state != State.CATCHING_UP) {
          return true;
        }
        if (offset < handOverOffset || failure != null) {
          return false;
        }
        if (kept.isEmpty() && keptUpTo <= consumed) {
          state = State.LIVE;
          return true;
        }
        batch = new Kept(new ArrayList<>(kept), keptUpTo);
        kept.clear();
        keptBytes = 0;
      } finally {
        lock.unlock();
      }
      batch.records().forEach(this::deliver);
      progress(batch.upTo());
    }
  }

  // Calls of the listener, by whichever side has it.

  void deliver(LogRecord.Channel record) {
    if (record.timestamp() <= after || !active()) {
      return;
    }
    try {
      if (record.timestamp() <= consumed) {
        throw new IllegalStateException(
            "record at "
                + HybridTimestamp.format(record.timestamp())
                + " after everything up to "
                + HybridTimestamp.format(consumed)
                + ": timestamps of a pchannel must ascend");
      }
      listener.onRecord(record);
    } catch (RuntimeException | Error e) {
      fail(e);
      return;
    }
    progress(record.timestamp());
  }

  void progress(long timestamp) {
    if (timestamp <= consumed || !active()) {
      return;
    }
    try {
      listener.onProgress(timestamp);
    } catch (RuntimeException | Error e) {
      fail(e);
      return;
    }
    lock.lock();
    try {
      consumed = timestamp;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
