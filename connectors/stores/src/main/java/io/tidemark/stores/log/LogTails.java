package io.tidemark.stores.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log. Each pchannel has one consumer and thread, begun with its first subscription and
 * shared by all; each record is decoded once, and only if somebody subscribed to its vchannel. A
 * new subscription first reads what lies between its start and the shared consumer's place with a
 * consumer of its own, at most {@value #CATCH_UPS_MAX} at a time, while what is new is kept for it.
 * Without the broker nothing is handed over, and reading goes on when it is back. Thread-safe.
 */
public final class LogTails implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogTails.class);
  private static final int CATCH_UPS_MAX = 4;
  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  private final LogConfig config;
  private final List<PchannelTail> tails = new ArrayList<>();
  private final ExecutorService catchUps;

  private LogTails(LogConfig config) {
    this.config = config;
    this.catchUps =
        Executors.newFixedThreadPool(
            CATCH_UPS_MAX, Thread.ofPlatform().name("tidemark-catch-up-", 0).daemon().factory());
    for (int pchannel = 0; pchannel < config.pchannels(); pchannel++) {
      tails.add(new PchannelTail(config, pchannel));
    }
  }

  /** Does not wait for the broker. */
  public static LogTails open(LogConfig config) {
    return new LogTails(config);
  }

  /**
   * Hands over every record of a vchannel above {@code after}, in order, each once. Returns at
   * once.
   *
   * @param after hybrid; what the caller has already
   * @throws IllegalArgumentException if there is no such pchannel
   */
  public Subscription subscribe(
      int pchannel, long collectionId, int shard, long after, LogListener listener) {
    if (pchannel < 0 || pchannel >= tails.size()) {
      throw new IllegalArgumentException(
          "no pchannel " + pchannel + ", the log has " + tails.size());
    }
    PchannelTail tail = tails.get(pchannel);
    TailSubscription subscription =
        new TailSubscription(tail, collectionId, shard, after, listener);
    tail.add(subscription);
    var unused = catchUps.submit(new CatchUp(config, pchannel, tail, subscription));
    return subscription;
  }

  /** Messages that were no records and were passed over, since the start. */
  public long recordsSetAside() {
    return tails.stream().mapToLong(PchannelTail::recordsSetAside).sum();
  }

  /** Ends all subscriptions and reading. */
  @Override
  public void close() {
    tails.forEach(PchannelTail::stop);
    // Nobody is interrupted: a listener may be in the middle of a file. All see that it is over.
    catchUps.shutdown();
    tails.forEach(tail -> tail.awaitStop(CLOSE_DEADLINE));
    try {
      if (!catchUps.awaitTermination(CLOSE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a listener has not returned, the tails close without it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
