package io.tidemark.serving.read.load;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;

/**
 * The heap that loaded segments may take, those of all collections and of all views of the past
 * together. What is to be loaded is asked for before it is read, by what it will take about ({@link
 * SegmentMemory#needed}), and settled to what it took when it is served. Thread-safe.
 */
public final class MemoryBudget {
  private static final double MIB = 1 << 20;
  private static final int SPARE_PART = 4;

  private final long bytesMax;

  // Guarded by this.
  private long taken;

  /**
   * @param bytesMax at least 1
   */
  public MemoryBudget(long bytesMax) {
    if (bytesMax < 1) {
      throw new IllegalArgumentException("a budget of " + bytesMax + " bytes");
    }
    this.bytesMax = bytesMax;
  }

  public long bytesMax() {
    return bytesMax;
  }

  /** By all that is loaded or being loaded. */
  public synchronized long taken() {
    return taken;
  }

  /** Nothing yet. */
  public Share share() {
    return new Share();
  }

  /**
   * Whether so much more fits; takes nothing.
   *
   * @param what for the message, as in {@code collection books}
   * @throws TidemarkException MEMORY_LIMIT
   */
  public synchronized void check(String what, long bytes) {
    if (bytes > 0 && bytes > bytesMax - taken) {
      throw tooMuch(what, bytes);
    }
  }

  private TidemarkException tooMuch(String what, long bytes) {
    return new TidemarkException(
        ErrorCode.MEMORY_LIMIT,
        ("memory limit exceeded[predict=%d][limit=%d]: %s needs %s more memory for its rows and"
                + " indexes, of the %s for loaded rows %s are free; release a collection, load"
                + " fewer partitions, or start with more: --load-memory-mb, which has its default"
                + " from the heap (TIDEMARK_HEAP)")
            .formatted(
                taken + bytes,
                bytesMax,
                what,
                mib(bytes),
                mib(bytesMax),
                mib(Math.max(0, bytesMax - taken))));
  }

  private static String mib(long bytes) {
    return "%.1f MiB".formatted(bytes / MIB);
  }

  /** What one collection, or one view of the past, has of it. Thread-safe. */
  public final class Share implements AutoCloseable {
    // Guarded by the budget.
    private long bytes;
    private boolean closed;

    private Share() {}

    /**
     * Takes more.
     *
     * @throws TidemarkException MEMORY_LIMIT if it is not there; nothing is taken then
     */
    public void take(String what, long more) {
      synchronized (MemoryBudget.this) {
        check(what, more);
        settle(bytes + more);
      }
    }

    /**
     * Takes more for what can be done without, if that is no more than a quarter of what is free:
     * what is loaded later has the rest.
     *
     * @return whether it is taken
     */
    public boolean takeSpare(long more) {
      synchronized (MemoryBudget.this) {
        if (closed || more > (bytesMax - taken) / SPARE_PART) {
          return false;
        }
        settle(bytes + more);
        return true;
      }
    }

    /** Whether so much would be there if this share had nothing. */
    public boolean couldBe(long all) {
      synchronized (MemoryBudget.this) {
        return all <= bytesMax - taken + bytes;
      }
    }

    /** Has that much from now on, whether or not it is within the budget: it is there already. */
    public void settle(long now) {
      synchronized (MemoryBudget.this) {
        if (!closed) {
          taken += now - bytes;
          bytes = now;
        }
      }
    }

    /** Gives everything back, for good. */
    @Override
    public void close() {
      synchronized (MemoryBudget.this) {
        settle(0);
        closed = true;
      }
    }
  }
}
