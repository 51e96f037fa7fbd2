package io.tidemark.tests.benchmark;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes rows of a dataset anew while something else is measured: so many a second, by a client of
 * its own, over and over. The collection stays as it is.
 */
final class Writer implements AutoCloseable {
  private static final int BATCHES_PER_SECOND = 10;

  private final Dataset dataset;
  private final int batch;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final long startNanos = System.nanoTime();
  private final Future<Long> written;
  private volatile boolean ends;
  private long rowsPerSecond;

  private Writer(Dataset dataset, String address, int rowsPerSecond) {
    this.dataset = dataset;
    this.batch = Math.max(1, rowsPerSecond / BATCHES_PER_SECOND);
    this.written = thread.submit(() -> write(address));
  }

  static Writer start(Dataset dataset, String address, int rowsPerSecond) {
    return new Writer(dataset, address, rowsPerSecond);
  }

  private long write(String address) throws InterruptedException {
    long rows = 0;
    try (Target target = new Target(address, BenchCommand.COLLECTION)) {
      for (long batches = 1; !ends; batches++) {
        int from = (int) (rows % (dataset.base().length - batch));
        target.insert(dataset, from, from + batch);
        rows += batch;
        long due = startNanos + TimeUnit.SECONDS.toNanos(1) / BATCHES_PER_SECOND * batches;
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      }
    }
    return rows;
  }

  /** What came of it, once it is closed. */
  long rowsPerSecond() {
    return rowsPerSecond;
  }

  /**
   * @throws IllegalStateException if a write failed
   */
  @Override
  public void close() {
    ends = true;
    thread.shutdown();
    try {
      long rows = written.get();
      rowsPerSecond = Math.round(rows * 1e9 / (System.nanoTime() - startNanos));
    } catch (ExecutionException e) {
      throw new IllegalStateException("writing failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
