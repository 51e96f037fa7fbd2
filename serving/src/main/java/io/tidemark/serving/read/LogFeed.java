package io.tidemark.serving.read;

import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;

/** Where a loaded collection gets the log's records from. Thread-safe. */
public interface LogFeed {
  /**
   * Hands over every record of a vchannel above {@code after}, in order, each once, to {@code
   * listener}, which is called by one thread at a time. Returns at once.
   */
  Subscription subscribe(
      int pchannel, long collectionId, int shard, long after, LogListener listener);

  /**
   * Sees to it that subscriptions of the pchannel soon have consumed up to {@code guarantee},
   * though nothing may be written any more. Does not wait.
   *
   * @throws io.tidemark.model.error.TidemarkException INVALID_PARAMETER if it lies too far ahead
   */
  void reach(int pchannel, long guarantee);
}
