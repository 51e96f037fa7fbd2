package io.tidemark.serving.read;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log in memory: one pchannel per list, handed over by the thread that appends. Thread-safe. */
final class MemoryLog implements LogFeed {
  private final List<List<LogRecord>> pchannels = new ArrayList<>();
  private final List<Tail> tails = new ArrayList<>();
  private boolean away;
  private boolean trimmed;

  MemoryLog(int pchannels) {
    for (int i = 0; i < pchannels; i++) {
      this.pchannels.add(new ArrayList<>());
    }
  }

  synchronized void append(int pchannel, LogRecord record) {
    pchannels.get(pchannel).add(record);
    List.copyOf(tails).stream().filter(t -> t.pchannel == pchannel).forEach(t -> t.take(record));
  }

  synchronized int subscriptions() {
    return tails.size();
  }

  /** Whether readers can still make the log tick. */
  synchronized void away(boolean isAway) {
    away = isAway;
  }

  /** Whether new subscriptions fail, as they do when records after their start are gone. */
  synchronized void trimmed(boolean isTrimmed) {
    trimmed = isTrimmed;
  }

  /** Ends all subscriptions, as a trimmed log does. */
  synchronized void fail(Throwable why) {
    List.copyOf(tails).forEach(tail -> tail.fail(why));
  }

  @Override
  public synchronized Subscription subscribe(
      int pchannel, long collectionId, int shard, long after, LogListener listener) {
    Tail tail = new Tail(pchannel, collectionId, shard, after, listener);
    tails.add(tail);
    if (trimmed) {
      tail.fail(new IllegalStateException("trimmed"));
      return tail;
    }
    pchannels.get(pchannel).forEach(tail::take);
    return tail;
  }

  @Override
  public synchronized void reach(int pchannel, long guarantee) {
    if (!away) {
      append(pchannel, new LogRecord.TimeTick(guarantee));
    }
  }

  private final class Tail implements Subscription {
    private final int pchannel;
    private final long collectionId;
    private final int shard;
    private final LogListener listener;
    private long consumed;
    private @Nullable Throwable failure;

    Tail(int pchannel, long collectionId, int shard, long after, LogListener listener) {
      this.pchannel = pchannel;
      this.collectionId = collectionId;
      this.shard = shard;
      this.consumed = after;
      this.listener = listener;
    }

    void take(LogRecord record) {
      if (record.timestamp() <= consumed) {
        return;
      }
      if (record instanceof LogRecord.Channel channel
          && channel.collectionId() == collectionId
          && channel.shard() == shard) {
        listener.onRecord(channel);
      }
      listener.onProgress(record.timestamp());
      synchronized (MemoryLog.this) {
        consumed = record.timestamp();
        MemoryLog.this.notifyAll();
      }
    }

    void fail(Throwable why) {
      synchronized (MemoryLog.this) {
        failure = why;
        tails.remove(this);
        MemoryLog.this.notifyAll();
      }
      listener.onFailure(why);
    }

    @Override
    public long consumed() {
      synchronized (MemoryLog.this) {
        return consumed;
      }
    }

    @Override
    public boolean await(long timestamp, Duration timeout) throws InterruptedException {
      long deadline = System.nanoTime() + timeout.toNanos();
      synchronized (MemoryLog.this) {
        while (consumed < timestamp) {
          if (failure != null) {
            throw new TidemarkException(ErrorCode.SERVICE_NOT_READY, "log is gone", failure);
          }
          long leftMs = (deadline - System.nanoTime()) / 1_000_000;
          if (leftMs <= 0) {
            return false;
          }
          MemoryLog.this.wait(leftMs);
        }
        return true;
      }
    }

    @Override
    public void close() {
      synchronized (MemoryLog.this) {
        tails.remove(this);
      }
    }
  }
}
