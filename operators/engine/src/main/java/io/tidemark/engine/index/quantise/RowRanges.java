package io.tidemark.engine.index.quantise;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Work over many rows by several threads, a range of rows at a time. What it writes must depend on
 * the row only, so that builds do not differ by their threads. For one caller.
 */
public final class RowRanges implements AutoCloseable {
  private static final int RANGE = 512;
  private static final long PROGRESS_MS = 200;

  /** Does the rows {@code from .. to − 1}. */
  public interface Work {
    void run(int from, int to);
  }

  private final ExecutorService pool;
  private final int threads;

  public RowRanges(int threads) {
    this.threads = threads;
    this.pool = Executors.newFixedThreadPool(threads);
  }

  /**
   * @param progress hears how many rows are done, on the calling thread
   * @throws InterruptedException if the calling thread is interrupted; nothing runs on
   */
  public void each(int rows, Work work, IntConsumer progress) throws InterruptedException {
    each(rows, RANGE, work, progress);
  }

  /** The same, with so many rows at a time. */
  public void each(int rows, int range, Work work, IntConsumer progress)
      throws InterruptedException {
    // A future that is done already would not look.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    AtomicInteger next = new AtomicInteger();
    Runnable runner =
        () -> {
          for (int from = next.getAndAdd(range);
              from >= 0 && from < rows;
              from = next.getAndAdd(range)) {
            work.run(from, Math.min(rows, from + range));
          }
        };
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(pool.submit(runner));
    }
    boolean complete = false;
    try {
      for (Future<?> each : running) {
        await(each, next, rows, progress);
      }
      complete = true;
    } finally {
      if (!complete) {
        next.set(rows);
      }
    }
    progress.accept(rows);
  }

  private static void await(Future<?> running, AtomicInteger next, int rows, IntConsumer progress)
      throws InterruptedException {
    while (true) {
      try {
        running.get(PROGRESS_MS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException notYet) {
        progress.accept(Math.min(rows, next.get()));
      } catch (ExecutionException e) {
        throw new IllegalStateException("building an index failed", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
