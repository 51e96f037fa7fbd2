package io.tidemark.stores.log;

import io.tidemark.model.log.LogRecord;

/**
 * What a {@link Subscription} calls: one call at a time, each after the one before. Not always by
 * the same thread, and mostly by the one that all subscriptions of a pchannel share: whoever stays
 * long in a call holds them all up. An exception ends the subscription with {@link #onFailure}.
 */
public interface LogListener {
  /** Records of the vchannel in order, each once. */
  void onRecord(LogRecord.Channel record);

  /**
   * Every record of the vchannel up to this timestamp was handed over. Ascending; called after a
   * record, after each tick, and for records of other vchannels now and then.
   */
  void onProgress(long consumedTimestamp);

  /**
   * The subscription has ended by itself: a corrupt record, a record that was trimmed before it was
   * read, or an exception of this listener. The last call. The way out is to load the table again
   * and to subscribe after its position.
   */
  void onFailure(Throwable failure);
}
