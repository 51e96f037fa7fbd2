package io.tidemark.stores.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Does some work several at a time. After a failure nothing more is begun, and what was begun has
 * ended when the caller hears of it. Stateless.
 */
final class SideBySide {
  private static final int AT_ONCE = 4;

  private SideBySide() {}

  /** Results in the order of the work. */
  static <T> List<T> run(List<Callable<T>> work) throws InterruptedException {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofPlatform().name("tidemark-copy-", 0).daemon().factory());
    List<Future<T>> running = new ArrayList<>();
    try {
      work.forEach(each -> running.add(pool.submit(each)));
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("copying failed", e.getCause());
    } finally {
      pool.shutdown();
      running.forEach(each -> each.cancel(false));
      awaitEnd(pool);
    }
  }

  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        var unused = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        // Of each thread one file is left; only then what was written can be taken away.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
