package io.tidemark.model.time;

import java.time.Instant;

/**
 * Milvus's hybrid timestamps: {@code physical milliseconds << 18 | logical counter}, as a
 * non-negative long. Larger is later; two writes of one pchannel never share one.
 */
public final class HybridTimestamp {
  /** Bits of the logical counter. */
  public static final int LOGICAL_BITS = 18;

  /** Before every write. */
  public static final long ZERO = 0;

  private HybridTimestamp() {}

  public static long of(long physicalMs, long logical) {
    return physicalMs << LOGICAL_BITS | logical;
  }

  /** The first timestamp of that millisecond. */
  public static long ofMillis(long physicalMs) {
    return physicalMs << LOGICAL_BITS;
  }

  /** Milliseconds since the epoch. */
  public static long physicalMs(long timestamp) {
    return timestamp >>> LOGICAL_BITS;
  }

  public static long logical(long timestamp) {
    return timestamp & ((1L << LOGICAL_BITS) - 1);
  }

  /** For people: the instant and the counter. */
  public static String format(long timestamp) {
    return Instant.ofEpochMilli(physicalMs(timestamp)) + "+" + logical(timestamp);
  }
}
