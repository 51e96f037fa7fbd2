package io.tidemark.stores.log;

import java.time.Duration;

/** A listener's place in a vchannel's log. Thread-safe. */
public interface Subscription extends AutoCloseable {
  /**
   * The highest timestamp t known such that every record of the vchannel up to t was handed over
   * and worked on: the listener has returned from it. At first what was subscribed after.
   */
  long consumed();

  /**
   * Waits until {@link #consumed} has reached {@code timestamp}.
   *
   * @return false if it took too long or the subscription was closed
   * @throws io.tidemark.model.error.TidemarkException if the subscription has failed
   */
  boolean await(long timestamp, Duration timeout) throws InterruptedException;

  /** Ends it; a call of the listener that is under way may still go on. */
  @Override
  void close();
}
