package io.tidemark.serving.read;

import io.tidemark.serving.read.travel.TravelLog;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;

/** The log that loaded collections follow, for views of the past. */
record FeedOfThePast(LogFeed feed) implements TravelLog {
  @Override
  public Subscription subscribe(
      int pchannel, long collectionId, int shard, long after, LogListener listener) {
    return feed.subscribe(pchannel, collectionId, shard, after, listener);
  }

  @Override
  public void reach(int pchannel, long timestamp) {
    feed.reach(pchannel, timestamp);
  }
}
