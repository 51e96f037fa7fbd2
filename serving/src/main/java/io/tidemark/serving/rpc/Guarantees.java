package io.tidemark.serving.rpc;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.write.ShardLog;
import java.util.function.LongSupplier;

/** Turns a read's consistency into the timestamp up to which the log must have been read. */
final class Guarantees {
  /** No wait at all. */
  static final long EVENTUALLY = 1;

  static final long BOUNDED_STALENESS_MS = 5_000;

  /** What clients of before 2.2.9 send for bounded. */
  private static final long BOUNDED_MARK = 2;

  private final LongSupplier lastAcknowledged;
  private final LongSupplier wallClockMs;

  Guarantees(ShardLog log, LongSupplier wallClockMs) {
    this(log::lastAcknowledged, wallClockMs);
  }

  Guarantees(LongSupplier lastAcknowledged, LongSupplier wallClockMs) {
    this.lastAcknowledged = lastAcknowledged;
    this.wallClockMs = wallClockMs;
  }

  /** Everything acknowledged until now. */
  long strong() {
    return lastAcknowledged.getAsLong();
  }

  /**
   * @param useDefault whether the collection's level counts
   * @param level as requested, by number
   * @param given the request's guarantee timestamp
   * @param strong what {@link #strong} was when the request came in
   */
  long of(CollectionInfo info, boolean useDefault, int level, long given, long strong) {
    if (given < 0) {
      throw TidemarkException.invalid(
          "guarantee timestamp "
              + Long.toUnsignedString(given)
              + " is out of range, the limit is "
              + Long.MAX_VALUE
              + ": take one that a write returned");
    }
    if (!useDefault && level == io.milvus.grpc.ConsistencyLevel.Strong_VALUE && given > 0) {
      return given == BOUNDED_MARK ? bounded(strong) : given;
    }
    ConsistencyLevel effective = useDefault ? info.consistency() : ConsistencyLevel.ofNumber(level);
    return switch (effective) {
      case STRONG -> strong;
      case BOUNDED -> bounded(strong);
      case EVENTUALLY -> EVENTUALLY;
      case SESSION, CUSTOMIZED -> Math.max(EVENTUALLY, given);
    };
  }

  /** Never later than strong: what is acknowledged is all there is. */
  private long bounded(long strong) {
    return Math.min(
        strong, HybridTimestamp.ofMillis(wallClockMs.getAsLong() - BOUNDED_STALENESS_MS));
  }
}
