package io.tidemark.serving.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Says when a transport's thread may answer a small request by itself. Waking another thread for
 * it, and then the transport's to send the answer, takes as long as a small search. But many
 * connections share that thread, and many requests one connection; so it may only
 *
 * <ul>
 *   <li>for two thirds of its time. A thread that had little to do may be ahead by {@link
 *       #SAVED_NANOS_MAX};
 *   <li>while that suffices. Requests that come faster would wait for each other there while
 *       processors are idle, so from then on all go to other threads, until none has for {@link
 *       #CROWD_NANOS}.
 * </ul>
 *
 * Thread-safe.
 */
final class PromptTurns {
  static final long CROWD_NANOS = 50_000_000;
  static final long SAVED_NANOS_MAX = 2_000_000;

  private final AtomicInteger elsewhere = new AtomicInteger();
  private final ThreadLocal<SpareTime> spareTime = ThreadLocal.withInitial(SpareTime::new);

  /** When the last of those elsewhere ended; at first long enough ago. */
  private volatile long crowdNanos = System.nanoTime() - CROWD_NANOS;

  /** Of one transport's thread. */
  private static final class SpareTime {
    private long saved = SAVED_NANOS_MAX;
    private long lastNanos = System.nanoTime();
  }

  /**
   * Whether the calling thread, one of the transport's, may answer now.
   *
   * @param now of {@link System#nanoTime}
   */
  boolean isMine(long now) {
    return !isCrowded(now) && hasSpareTime(now);
  }

  private boolean isCrowded(long now) {
    return elsewhere.get() > 0 || now - crowdNanos < CROWD_NANOS;
  }

  private boolean hasSpareTime(long now) {
    SpareTime spare = spareTime.get();
    long passed = Math.max(0, now - spare.lastNanos);
    spare.saved = Math.min(SAVED_NANOS_MAX, spare.saved + passed * 2 / 3);
    spare.lastNanos = now;
    return spare.saved > 0;
  }

  /** The calling thread, one of the transport's, has spent time on answering. */
  void spent(long nanos) {
    spareTime.get().saved -= nanos;
  }

  /**
   * Has another thread do work because it was not the transport's turn. Work that goes there since
   * it may wait is not to be told: it would keep others away from processors that are idle.
   */
  void leave(Executor threads, Runnable work) {
    elsewhere.incrementAndGet();
    try {
      threads.execute(() -> {
        try {
          work.run();
        } finally {
          left();
        }
      });
    } catch (RuntimeException | Error e) {
      left();
      throw e;
    }
  }

  private void left() {
    crowdNanos = System.nanoTime();
    elsewhere.decrementAndGet();
  }
}
