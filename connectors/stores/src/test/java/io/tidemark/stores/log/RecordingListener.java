package io.tidemark.stores.log;

import io.tidemark.model.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Keeps what it is called with, and checks what a listener is promised. */
final class RecordingListener implements LogListener {
  private final List<LogRecord.Channel> records = new ArrayList<>();
  private final AtomicBoolean called = new AtomicBoolean();
  private long progress;
  private @Nullable Throwable failure;

  /** Slows each record down. */
  volatile long recordMs;

  @Override
  public void onRecord(LogRecord.Channel record) {
    alone(() -> {
      synchronized (records) {
        if (record.timestamp() <= progress) {
          throw new AssertionError(
              "record at " + record.timestamp() + " after progress to " + progress);
        }
        if (!records.isEmpty() && records.getLast().timestamp() >= record.timestamp()) {
          throw new AssertionError("records out of order");
        }
        records.add(record);
      }
      if (recordMs > 0) {
        try {
          Thread.sleep(recordMs);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    });
  }

  @Override
  public void onProgress(long consumedTimestamp) {
    alone(() -> {
      synchronized (records) {
        if (consumedTimestamp <= progress) {
          throw new AssertionError("progress went back");
        }
        progress = consumedTimestamp;
      }
    });
  }

  private void alone(Runnable call) {
    if (!called.compareAndSet(false, true)) {
      throw new AssertionError("two calls at a time");
    }
    try {
      call.run();
    } finally {
      called.set(false);
    }
  }

  @Override
  public void onFailure(Throwable why) {
    synchronized (records) {
      failure = why;
      records.notifyAll();
    }
  }

  List<LogRecord.Channel> records() {
    synchronized (records) {
      return List.copyOf(records);
    }
  }

  List<Long> timestamps() {
    return records().stream().map(LogRecord::timestamp).toList();
  }

  @Nullable Throwable failure() {
    synchronized (records) {
      return failure;
    }
  }

  Throwable awaitFailure() throws InterruptedException {
    long until = System.nanoTime() + LogFixture.SOON.toNanos();
    synchronized (records) {
      while (failure == null && System.nanoTime() < until) {
        records.wait(100);
      }
      if (failure == null) {
        throw new AssertionError("no failure came");
      }
      return failure;
    }
  }
}
