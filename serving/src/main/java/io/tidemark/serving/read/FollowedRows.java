package io.tidemark.serving.read;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.view.CollectionRows;
import io.tidemark.serving.read.view.ReadView;
import io.tidemark.stores.log.LogListener;
import io.tidemark.stores.log.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A collection's rows and the subscriptions, one per shard, that bring them what is new in the log.
 * When a subscription fails, all of it is to be made anew after the table's present positions.
 * Thread-safe.
 */
final class FollowedRows implements AutoCloseable {
  private final CollectionInfo info;
  private final LogFeed feed;
  private final CollectionRows rows;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private volatile @Nullable Throwable failure;
  private volatile boolean dropped;
  private volatile boolean closed;

  /**
   * @param readTimestamp the view has every shard's log at least up to here
   */
  record OpenView(ReadView view, long readTimestamp) implements AutoCloseable {
    @Override
    public void close() {
      view.close();
    }
  }

  private FollowedRows(
      CollectionInfo info, LogFeed feed, long[] positions, Executor builds, LongPredicate spare) {
    this.info = info;
    this.feed = feed;
    this.rows = new CollectionRows(info.schema().primaryKey().id(), positions, builds, spare);
  }

  /**
   * Follows every shard after its position.
   *
   * @param changed called when following has failed or the collection was dropped
   * @param builds where indexes of rows that have none yet are built
   * @param spare takes so many bytes of heap for such an index, if they are there
   */
  static FollowedRows open(
      CollectionInfo info,
      LogFeed feed,
      long[] positions,
      Runnable changed,
      Executor builds,
      LongPredicate spare) {
    FollowedRows followed = new FollowedRows(info, feed, positions, builds, spare);
    try {
      for (int shard = 0; shard < info.shards(); shard++) {
        followed.subscriptions.add(
            feed.subscribe(
                info.pchannels().get(shard),
                info.id(),
                shard,
                positions[shard],
                followed.new Listener(changed)));
      }
      return followed;
    } catch (RuntimeException e) {
      followed.close();
      throw e;
    }
  }

  CollectionRows rows() {
    return rows;
  }

  /** Tells per pchannel up to where the log is read; a pchannel may come more than once. */
  void floors(BiConsumer<Integer, Long> told) {
    for (int shard = 0; shard < subscriptions.size(); shard++) {
      told.accept(info.pchannels().get(shard), subscriptions.get(shard).consumed());
    }
  }

  /** Why following has ended, or null if it goes on. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Whether the log has said that the collection is gone. */
  boolean dropped() {
    return dropped;
  }

  /** The log of every shard is in the rows at least up to here. */
  private long readTimestamp() {
    long read = Long.MAX_VALUE;
    for (int shard = 0; shard < subscriptions.size(); shard++) {
      read = Math.min(read, upTo(shard));
    }
    return read;
  }

  private long upTo(int shard) {
    return Math.max(subscriptions.get(shard).consumed(), rows.position(shard));
  }

  /**
   * The view, once the rows have everything up to {@code guarantee}; the caller closes it. Empty if
   * this was closed meanwhile.
   *
   * @throws TidemarkException SERVICE_NOT_READY, retriable, if it takes longer than {@code
   *     timeout}; INVALID_PARAMETER if the guarantee lies too far ahead
   */
  Optional<OpenView> view(long guarantee, Duration timeout) {
    try {
      await(guarantee, timeout);
    } catch (TidemarkException e) {
      if (closed) {
        return Optional.empty();
      }
      throw e;
    }
    return view();
  }

  /**
   * The view if the rows have everything up to {@code guarantee} already; the caller closes it.
   * Empty too if this was closed.
   */
  Optional<OpenView> viewPromptly(long guarantee) {
    return readTimestamp() < guarantee ? Optional.empty() : view();
  }

  /** The view as it is, which the caller closes; empty if this was closed. */
  Optional<OpenView> view() {
    // In this order: the log may be read further in between, the view is never older than said.
    long readTimestamp = readTimestamp();
    return rows.view().map(view -> new OpenView(view, readTimestamp));
  }

  private void await(long guarantee, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (int shard = 0; shard < subscriptions.size(); shard++) {
      if (upTo(shard) < guarantee) {
        feed.reach(info.pchannels().get(shard), guarantee);
      }
    }
    for (int shard = 0; shard < subscriptions.size(); shard++) {
      if (upTo(shard) < guarantee) {
        await(shard, guarantee, deadline, timeout);
      }
    }
  }

  private void await(int shard, long guarantee, long deadline, Duration timeout) {
    boolean reached;
    try {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      reached = subscriptions.get(shard).await(guarantee, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reached = false;
    }
    if (!reached && upTo(shard) < guarantee) {
      throw new TidemarkException(
          ErrorCode.SERVICE_NOT_READY,
          "collection %s: the log of shard %d (pchannel %d) is read up to %d (%s), the guarantee timestamp %d (%s) was not reached within %d ms; retry, or read with a weaker consistency level"
              .formatted(
                  info.name(),
                  shard,
                  info.pchannels().get(shard),
                  upTo(shard),
                  HybridTimestamp.format(upTo(shard)),
                  guarantee,
                  HybridTimestamp.format(guarantee),
                  timeout.toMillis()));
    }
  }

  /** Ends following and lets go of the rows; reads under way go on with their view. */
  @Override
  public void close() {
    closed = true;
    subscriptions.forEach(Subscription::close);
    rows.close();
  }

  private final class Listener implements LogListener {
    private final Runnable changed;

    Listener(Runnable changed) {
      this.changed = changed;
    }

    @Override
    public void onRecord(LogRecord.Channel record) {
      rows.apply(record);
      if (record instanceof LogRecord.DropCollection) {
        dropped = true;
        changed.run();
      }
    }

    @Override
    public void onProgress(long consumedTimestamp) {
      // The subscription itself tells how far it is.
    }

    @Override
    public void onFailure(Throwable why) {
      if (!closed) {
        failure = why;
        changed.run();
      }
    }
  }
}
