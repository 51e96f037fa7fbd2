package io.tidemark.model.time;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Gives out strictly increasing {@linkplain HybridTimestamp hybrid timestamps}, whatever the wall
 * clock does: set back, it goes on counting from the last one. Thread-safe.
 */
public final class HybridClock {
  private final LongSupplier wallClockMs;
  private final AtomicLong last;

  /**
   * @param wallClockMs milliseconds since the epoch
   * @param above every timestamp given out is greater than this
   */
  public HybridClock(LongSupplier wallClockMs, long above) {
    this.wallClockMs = wallClockMs;
    this.last = new AtomicLong(above);
  }

  /** A timestamp above every earlier one. */
  public long next() {
    long wall = HybridTimestamp.ofMillis(wallClockMs.getAsLong());
    return last.updateAndGet(previous -> Math.max(previous + 1, wall));
  }

  /** The last timestamp given out, or the floor it was lifted to. */
  public long last() {
    return last.get();
  }

  /** Every later timestamp is greater than {@code timestamp}. */
  public void liftAbove(long timestamp) {
    last.accumulateAndGet(timestamp, Math::max);
  }
}
