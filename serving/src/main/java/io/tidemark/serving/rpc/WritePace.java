package io.tidemark.serving.rpc;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast writes go while the memory for rows that are not committed yet fills up: at full speed
 * until it is three quarters full, then each request waits, the longer the less is left, and is
 * refused when none is. So a client that writes faster than rows are committed is slowed before it
 * is turned away. Stateless.
 */
final class WritePace {
  private static final double SLOW_FROM = 0.75;
  private static final double FULL = 1;
  private static final long DELAY_MS_MAX = 500;
  private static final int PERCENT = 100;

  private WritePace() {}

  /**
   * Waits as long as it takes.
   *
   * @param pressure 0 is empty, 1 is full
   * @throws TidemarkException RATE_LIMIT, retriable, if it is full
   */
  static void await(double pressure) {
    if (pressure >= FULL) {
      throw new TidemarkException(
          ErrorCode.RATE_LIMIT,
          "rate limit exceeded: rows that are not committed yet take %.0f %% of the memory there is for them, retry in a second; --growing-memory-mb and the heap (TIDEMARK_HEAP) give more"
              .formatted(pressure * PERCENT));
    }
    long delayMs = delayMs(pressure);
    if (delayMs > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMs));
    }
  }

  /** 0 while there is room enough, up to half a second just before it is full. */
  static long delayMs(double pressure) {
    return Math.round(Math.clamp((pressure - SLOW_FROM) / (FULL - SLOW_FROM), 0, 1) * DELAY_MS_MAX);
  }
}
