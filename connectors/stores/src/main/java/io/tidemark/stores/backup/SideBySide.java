package io.tidemark.stores.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does some work several at a time; the first failure ends it. Stateless. */
final class SideBySide {
  private static final int AT_ONCE = 4;

  private SideBySide() {}

  /** Results in the order of the work. */
  static <T> List<T> run(List<Callable<T>> work) throws InterruptedException {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            AT_ONCE, Thread.ofPlatform().name("tidemark-copy-", 0).daemon().factory());
    try {
      List<Future<T>> running = new ArrayList<>();
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
      pool.shutdownNow();
    }
  }
}
