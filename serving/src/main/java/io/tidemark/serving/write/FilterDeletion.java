package io.tidemark.serving.write;

import io.tidemark.engine.filter.Filter;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.QueryAnswer;
import io.tidemark.serving.read.QueryCommand;
import io.tidemark.serving.read.ReadService;
import io.tidemark.stores.log.KeysWrittenSinceException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the rows that pass a filter: reads their keys with everything acknowledged so far, and
 * deletes those unless one was written since; then it reads again. Thread-safe.
 */
public final class FilterDeletion {
  /** Reads of one request before it is given back to the client. */
  static final int ATTEMPTS_MAX = 8;

  private static final Logger LOG = LoggerFactory.getLogger(FilterDeletion.class);

  private final EntityWriter writer;
  private final ReadService read;
  private final ShardLog log;

  public FilterDeletion(EntityWriter writer, ReadService read, ShardLog log) {
    this.writer = writer;
    this.read = read;
    this.log = log;
  }

  /**
   * @param count keys that passed
   * @param timestamp of the delete
   */
  public record Deleted(long count, long timestamp) {}

  /**
   * @param partition only there, or {@link EntityWriter#EVERYWHERE}
   * @throws TidemarkException COLLECTION_NOT_LOADED; SERVICE_NOT_READY if the keys keep being
   *     written
   */
  public Deleted delete(CollectionInfo info, Filter filter, String partition, Duration timeout) {
    FieldSchema primaryKey = info.schema().primaryKey();
    Set<String> partitions = partition.isEmpty() ? Set.of() : Set.of(partition);
    long deadline = System.nanoTime() + timeout.toNanos();
    Set<Object> deleted = new HashSet<>();
    long written = 0;
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      QueryAnswer found =
          read.query(
              new QueryCommand(
                  info,
                  filter,
                  partitions,
                  List.of(primaryKey.id()),
                  -1,
                  0,
                  false,
                  Math.max(written, log.lastAcknowledged()),
                  false,
                  left));
      List<Object> keys =
          found.rows().size() == 0
              ? List.of()
              : EntityWriter.boxed(found.rows().column(primaryKey.id()).orElseThrow());
      deleted.addAll(keys);
      try {
        long timestamp =
            writer.deleteUnlessWrittenSince(found.readTimestamp(), info, partition, keys, left);
        return new Deleted(deleted.size(), timestamp);
      } catch (KeysWrittenSinceException e) {
        // Perhaps still on its way to the broker: without waiting for it, the next attempt would
        // be refused for it as well.
        written = e.writtenTimestamp();
        LOG.debug(
            "delete by filter of collection {} reads again, attempt {}: {}",
            info.id(),
            attempt,
            e.getMessage());
      }
    }
    throw new TidemarkException(
        ErrorCode.SERVICE_NOT_READY,
        "delete by filter in collection "
            + info.name()
            + ": rows that pass were written during each of "
            + ATTEMPTS_MAX
            + " attempts, try again when fewer writers are at work");
  }
}
