package io.tidemark.serving.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Says when a transport's thread may answer a small request by itself. Waking another thread for
 * it, and then the transport's to send the answer, takes as long as a small search. But many
 * connections share that thread, and many requests one connection; so it may only
 *
 * <ul>
 *   <li>while requests come one by one. Once {@link #CROWD} are being answered by other threads at
 *       the same time, all go to those, until there were fewer for {@link #CROWD_NANOS}: else they
 *       would wait for each other while processors are idle;
 *   <li>for half of its time. A thread that had little to do may be ahead by {@link
 *       #SAVED_NANOS_MAX}.
 * </ul>
 *
 * Thread-safe.
 */
final class PromptTurns {
  static final int CROWD = 2;
  static final long CROWD_NANOS = 5_000_000;
  static final long SAVED_NANOS_MAX = 2_000_000;

  private final AtomicInteger elsewhere = new AtomicInteger();
  private final ThreadLocal<SpareTime> spareTime = ThreadLocal.withInitial(SpareTime::new);
  private volatile boolean crowdSeen;

  /** When one of a crowd ended last. */
  private volatile long crowdNanos;

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
    return elsewhere.get() >= CROWD || (crowdSeen && now - crowdNanos < CROWD_NANOS);
  }

  private boolean hasSpareTime(long now) {
    SpareTime spare = spareTime.get();
    long passed = Math.max(0, now - spare.lastNanos);
    spare.saved = Math.min(SAVED_NANOS_MAX, spare.saved + passed / 2);
    spare.lastNanos = now;
    return spare.saved > 0;
  }

  /** The calling thread, one of the transport's, has spent time on answering. */
  void spent(long nanos) {
    spareTime.get().saved -= nanos;
  }

  /**
   * Has another thread do work, since it was not the transport's turn; it counts for the crowd
   * until it has ended. What is handed over because it may wait does not: it would keep others away
   * from processors that are idle.
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
    if (elsewhere.getAndDecrement() >= CROWD) {
      crowdNanos = System.nanoTime();
      crowdSeen = true;
    }
  }
}
