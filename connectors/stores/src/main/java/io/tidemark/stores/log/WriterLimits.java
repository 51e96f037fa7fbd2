package io.tidemark.stores.log;

import java.time.Duration;

/**
 * What bounds the writers of one process.
 *
 * @param appendDeadline after which an append without the broker's answer fails; at least 1 s
 * @param inFlightBytesMax per pchannel: an append waits for room once more bytes than these are
 *     unanswered, so that at most these and one record are held
 * @param recentKeysMax per pchannel: keys remembered for {@link
 *     ChannelWriter#appendUnlessWrittenSince}
 */
public record WriterLimits(Duration appendDeadline, int inFlightBytesMax, int recentKeysMax) {
  /** 10 s, 64 MiB, 131,072 keys (about 20 MB of heap when full). */
  public static final WriterLimits DEFAULT =
      new WriterLimits(Duration.ofSeconds(10), 64 << 20, 1 << 17);

  public WriterLimits {
    if (appendDeadline.toMillis() < 1000) {
      throw new IllegalArgumentException(
          "append deadline " + appendDeadline + " is less than a second");
    }
    if (inFlightBytesMax < 1 || recentKeysMax < 1) {
      throw new IllegalArgumentException(
          "in-flight bytes "
              + inFlightBytesMax
              + " and recent keys "
              + recentKeysMax
              + " must be positive");
    }
  }
}
