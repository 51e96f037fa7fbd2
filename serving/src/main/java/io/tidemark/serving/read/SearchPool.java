package io.tidemark.serving.read;

import io.grpc.Context;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the tasks of one read over the cores. The caller works too, so a read goes on whether or
 * not the pool has a free thread, and small work never leaves the caller. Before each task it looks
 * whether anyone still waits for the call that the read is of. Thread-safe.
 */
final class SearchPool implements AutoCloseable {
  /** Below about this many multiplications, handing over costs more than it gains. */
  private static final double SMALL_COST_MAX = 1 << 20;

  private final int threads;
  private final ExecutorService executor;

  SearchPool(int threads) {
    this.threads = threads;
    this.executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("tidemark-search-", 0).daemon().factory());
  }

  /**
   * Whether such work is done by the caller alone, within a millisecond.
   *
   * @param cost in multiplications
   */
  static boolean isSmall(double cost) {
    return cost < SMALL_COST_MAX;
  }

  /**
   * Tasks 0 to {@code tasks - 1} that may run at the same time.
   *
   * @param cost of all of them, in multiplications
   */
  record Work(int tasks, double cost, IntConsumer task) {}

  /**
   * Runs the tasks of all the works as those of one.
   *
   * @throws RuntimeException as of {@link #run(int, double, IntConsumer)}
   */
  void run(List<Work> works) {
    int[] ends = new int[works.size()];
    double cost = 0;
    int tasks = 0;
    for (int i = 0; i < ends.length; i++) {
      tasks = Math.addExact(tasks, works.get(i).tasks());
      ends[i] = tasks;
      cost += works.get(i).cost();
    }
    run(
        tasks,
        cost,
        task -> {
          int work = 0;
          while (task >= ends[work]) {
            work++;
          }
          works.get(work).task().accept(task - ends[work] + works.get(work).tasks());
        });
  }

  /**
   * Runs tasks 0 to {@code tasks - 1} and returns when all are done.
   *
   * @param cost of all of them, in multiplications
   * @throws RuntimeException the first that a task threw; the others have run
   * @throws TidemarkException SERVICE_NOT_READY if the current call was cancelled or its deadline
   *     has passed; tasks are left out then
   */
  void run(int tasks, double cost, IntConsumer task) {
    Context call = Context.current();
    if (tasks <= 1 || threads == 1 || isSmall(cost)) {
      for (int i = 0; i < tasks; i++) {
        if (call.isCancelled()) {
          throw abandoned();
        }
        task.accept(i);
      }
      return;
    }
    Shared shared = new Shared(call, tasks, task);
    for (int helper = 0; helper < Math.min(threads - 1, tasks - 1); helper++) {
      executor.execute(shared::work);
    }
    shared.work();
    shared.await();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static TidemarkException abandoned() {
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "the call was cancelled, or its deadline passed, before the read was done");
  }

  private static final class Shared {
    private final Context call;
    private final int tasks;
    private final IntConsumer task;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch left;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Shared(Context call, int tasks, IntConsumer task) {
      this.call = call;
      this.tasks = tasks;
      this.task = task;
      this.left = new CountDownLatch(tasks);
    }

    void work() {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          if (!isAbandoned()) {
            task.accept(i);
          }
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        } finally {
          left.countDown();
        }
      }
    }

    private boolean isAbandoned() {
      boolean abandoned = call.isCancelled();
      if (abandoned && failure.get() == null) {
        failure.compareAndSet(null, abandoned());
      }
      return abandoned;
    }

    /** Only tasks that a running helper took are still open, so the wait is short. */
    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          left.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      switch (failure.get()) {
        case null -> {
          // All went well.
        }
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }
}
