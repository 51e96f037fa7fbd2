package io.tidemark.serving.write;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.Column;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.stores.log.ChannelWriters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Appends records of collections to the log, each shard's to its pchannel, and waits until the
 * broker has them. Thread-safe.
 */
public final class ShardLog {
  private final ChannelWriters writers;

  public ShardLog(ChannelWriters writers) {
    this.writers = writers;
  }

  /** Makes the record of one shard with the timestamp that it is given. */
  @FunctionalInterface
  public interface ShardRecord {
    LogRecord at(long timestamp, int shard);
  }

  /** A timestamp above all earlier ones, for ids and for times. */
  public long allocate() {
    return writers.allocate();
  }

  /** The last timestamp the broker has. */
  public long lastAcknowledged() {
    return writers.lastAcknowledged();
  }

  CompletableFuture<Long> append(CollectionInfo info, int shard, ShardRecord shardRecord) {
    return writers
        .of(info.pchannels().get(shard))
        .append(timestamp -> shardRecord.at(timestamp, shard));
  }

  /**
   * As the other, for rows.
   *
   * @param keys of all rows of the record, so that read-modify-writes of others are not refused
   */
  CompletableFuture<Long> append(
      CollectionInfo info, int shard, Column keys, ShardRecord shardRecord) {
    return writers
        .of(info.pchannels().get(shard))
        .append(keys, timestamp -> shardRecord.at(timestamp, shard));
  }

  CompletableFuture<Long> appendUnlessWrittenSince(
      long readTimestamp,
      CollectionInfo info,
      int shard,
      Collection<?> keys,
      ShardRecord shardRecord) {
    return writers
        .of(info.pchannels().get(shard))
        .appendUnlessWrittenSince(
            readTimestamp, info.id(), keys, timestamp -> shardRecord.at(timestamp, shard));
  }

  /**
   * Appends one record to every shard.
   *
   * @return the lowest of their timestamps
   */
  public long broadcast(CollectionInfo info, ShardRecord shardRecord, Duration timeout) {
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    for (int shard = 0; shard < info.shards(); shard++) {
      appends.add(append(info, shard, shardRecord));
    }
    var unused = await(appends, timeout);
    return appends.stream().mapToLong(CompletableFuture::join).min().orElseThrow();
  }

  /**
   * Waits for all of them.
   *
   * @return the highest timestamp
   * @throws TidemarkException SERVICE_NOT_READY at the timeout: the records may still be written;
   *     or what an append failed with
   */
  static long await(List<CompletableFuture<Long>> appends, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long highest = 0;
    for (CompletableFuture<Long> append : appends) {
      try {
        highest =
            Math.max(
                highest,
                append.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "the log did not acknowledge the write within "
                + timeout.toMillis()
                + " ms; it may still be applied, repeat it as an upsert or read first",
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TidemarkException(
            ErrorCode.SERVICE_NOT_READY,
            "interrupted while the log took the write; it may still be applied",
            e);
      } catch (ExecutionException e) {
        throw failure(e.getCause() == null ? e : e.getCause());
      }
    }
    return highest;
  }

  private static RuntimeException failure(Throwable cause) {
    if (cause instanceof RuntimeException known) {
      return known;
    }
    return new TidemarkException(
        ErrorCode.SERVICE_NOT_READY, "the log refused the write: " + cause.getMessage(), cause);
  }
}
