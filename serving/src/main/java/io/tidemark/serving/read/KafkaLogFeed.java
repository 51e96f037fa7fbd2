package io.tidemark.serving.read;

import io.tidemark.stores.log.ChannelWriters;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.LogTails;
import io.tidemark.stores.log.Subscription;

/** The log on Kafka, with the channel writers in this process. */
final class KafkaLogFeed implements LogFeed {
  private final LogTails tails;
  private final ChannelWriters writers;

  KafkaLogFeed(LogTails tails, ChannelWriters writers) {
    this.tails = tails;
    this.writers = writers;
  }

  @Override
  public Subscription subscribe(
      int pchannel, long collectionId, int shard, long after, LogListener listener) {
    return tails.subscribe(pchannel, collectionId, shard, after, listener);
  }

  @Override
  public void reach(int pchannel, long guarantee) {
    writers.of(pchannel).reach(guarantee);
  }
}
