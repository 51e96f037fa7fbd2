package io.tidemark.model.log;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;

/**
 * One record of the data log. Within a pchannel timestamps strictly increase. {@link TimeTick}
 * belongs to the whole pchannel, every other record to one vchannel: a shard of a collection.
 */
public sealed interface LogRecord {
  /** Hybrid. */
  long timestamp();

  /** A record of one vchannel. */
  sealed interface Channel extends LogRecord {
    long collectionId();

    int shard();
  }

  /**
   * New rows of one partition.
   *
   * @param upsert whether each key's older rows, in every partition, are deleted too; keys are then
   *     distinct within the record
   * @param rows the fields of the schema by id, the primary key among them
   */
  record Insert(
      long timestamp,
      long collectionId,
      int shard,
      String partition,
      int schemaVersion,
      boolean upsert,
      EntityBatch rows)
      implements Channel {}

  /**
   * Deletes all rows older than {@code timestamp} with one of these keys.
   *
   * @param partition only there; empty for everywhere
   * @param keys INT64 or VARCHAR
   */
  record Delete(long timestamp, long collectionId, int shard, String partition, Column keys)
      implements Channel {}

  /** Every later record of the pchannel has a greater timestamp. */
  record TimeTick(long timestamp) implements LogRecord {}

  /** Asks that everything up to here is committed soon. */
  record Flush(long timestamp, long collectionId, int shard) implements Channel {}

  /** The collection is gone; its records are skipped. */
  record DropCollection(long timestamp, long collectionId, int shard) implements Channel {}

  /** Deletes all rows older than {@code timestamp} in the partition. */
  record DropPartition(long timestamp, long collectionId, int shard, String partition)
      implements Channel {}
}
