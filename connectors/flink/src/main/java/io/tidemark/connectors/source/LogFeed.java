package io.tidemark.connectors.source;

import io.tidemark.model.log.LogRecord;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The records of a shard's log, handed from the thread that reads it to the one that makes rows of
 * them. Few wait at a time: whoever reads the log is held up until they are taken.
 */
final class LogFeed implements LogListener, AutoCloseable {
  private static final int WAITING_MAX = 16;
  private static final long OFFER_MS = 50;

  private final BlockingQueue<LogRecord.Channel> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Runnable arrived;
  private volatile long progress;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;
  private @Nullable Subscription subscription;

  /**
   * @param arrived called when there is something to take
   */
  LogFeed(long after, Runnable arrived) {
    this.progress = after;
    this.arrived = arrived;
  }

  void subscribe(OpenCollection open, ScanSplit split) {
    int pchannel = open.info().pchannels().get(split.shard());
    subscription =
        open.tails().subscribe(pchannel, open.info().id(), split.shard(), split.logAfter(), this);
  }

  @Override
  public void onRecord(LogRecord.Channel record) {
    try {
      while (!closed && !waiting.offer(record, OFFER_MS, TimeUnit.MILLISECONDS)) {
        // Held up until there is room.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while handing over a record", e);
    }
    arrived.run();
  }

  @Override
  public void onProgress(long consumedTimestamp) {
    progress = consumedTimestamp;
  }

  @Override
  public void onFailure(Throwable why) {
    failure = why;
    arrived.run();
  }

  /** Up to here every record has been put in the queue; ask before {@link #poll}. */
  long progress() {
    return progress;
  }

  /**
   * @throws IOException if nothing more will come
   */
  LogRecord.@Nullable Channel poll() throws IOException {
    LogRecord.Channel record = waiting.poll();
    Throwable why = failure;
    if (record == null && why != null) {
      throw new IOException(
          "the changelog cannot go on without a gap: "
              + why.getMessage()
              + ". Start the read anew, without its savepoint or checkpoint",
          why);
    }
    return record;
  }

  @Override
  public void close() {
    closed = true;
    if (subscription != null) {
      subscription.close();
    }
  }
}
