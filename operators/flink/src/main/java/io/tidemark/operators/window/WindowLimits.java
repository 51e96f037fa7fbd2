package io.tidemark.operators.window;

import io.tidemark.model.time.HybridTimestamp;
import java.io.Serializable;
import java.time.Duration;

/**
 * When a window ends: at the next multiple of {@code length} of physical time, or with the record
 * that reaches one of the sizes, whichever is first.
 */
public record WindowLimits(Duration length, long bytesMax, long rowsMax) implements Serializable {
  public WindowLimits {
    if (length.toMillis() < 1) {
      throw new IllegalArgumentException("a window of " + length + ", the least is 1 ms");
    }
    if (bytesMax < 1 || rowsMax < 1) {
      throw new IllegalArgumentException(
          "a window of " + bytesMax + " bytes and " + rowsMax + " rows, the least is 1 of each");
    }
  }

  /**
   * The aligned end of the window that a record of this hybrid timestamp falls into: the first at
   * or after it.
   */
  public long endOf(long timestamp) {
    long length18 = HybridTimestamp.ofMillis(length.toMillis());
    return Math.ceilDiv(timestamp, length18) * length18;
  }

  boolean reachedBy(WindowHead head) {
    return head.bytes() >= bytesMax || head.rows() >= rowsMax;
  }
}
