package io.tidemark.serving.read.travel;

import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;

/** The log as views of the past need it. Thread-safe. */
public interface TravelLog {
  /**
   * Hands over every record of a vchannel above {@code after}, in order, to {@code listener};
   * returns at once. The listener hears of a failure if some were trimmed.
   */
  Subscription subscribe(
      int pchannel, long collectionId, int shard, long after, LogListener listener);

  /** Sees to it that subscriptions of the pchannel soon have consumed up to {@code timestamp}. */
  void reach(int pchannel, long timestamp);
}
