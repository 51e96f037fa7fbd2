package io.tidemark.stores.backup;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The collection that a copy becomes. Its id is new, so that no record of the log of the one that
 * was copied is ever taken for its own.
 *
 * @param pchannels per shard
 * @param createdTimestamp hybrid
 */
public record CopyTarget(
    long id, String database, String name, List<Integer> pchannels, long createdTimestamp) {
  public CopyTarget {
    pchannels = List.copyOf(pchannels);
  }

  /** With an id that no collection of the lake has, made as others make theirs: a time of now. */
  public static CopyTarget of(Lake lake, String database, String name, List<Integer> pchannels) {
    long nowMs = System.currentTimeMillis();
    long id;
    do {
      long counter = ThreadLocalRandom.current().nextLong(1L << HybridTimestamp.LOGICAL_BITS);
      id = HybridTimestamp.of(nowMs, counter);
    } while (lake.collectionById(id).isPresent());
    return new CopyTarget(id, database, name, pchannels, HybridTimestamp.ofMillis(nowMs));
  }

  /** What {@code from} was, as this collection: schema, partitions, indexes in use, properties. */
  CollectionInfo info(CollectionInfo from) {
    return new CollectionInfo(
        id,
        database,
        name,
        from.schema(),
        pchannels,
        from.consistency(),
        createdTimestamp,
        createdTimestamp,
        from.partitions(),
        from.indexes(),
        from.properties());
  }
}
