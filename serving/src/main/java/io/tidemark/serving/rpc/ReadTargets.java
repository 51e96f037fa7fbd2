package io.tidemark.serving.rpc;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.wire.Reasons;
import java.util.List;
import java.util.Set;

/** What a read goes to: a loaded collection, and its partitions that exist. */
final class ReadTargets {
  private final CollectionDirectory directory;
  private final LoadStates loads;

  ReadTargets(CollectionDirectory directory, LoadStates loads) {
    this.directory = directory;
    this.loads = loads;
  }

  /**
   * @throws io.tidemark.model.error.TidemarkException COLLECTION_NOT_FOUND, COLLECTION_NOT_LOADED,
   *     DATABASE_NOT_FOUND
   */
  CollectionInfo loaded(String database, String collection) {
    CollectionInfo info = directory.require(database, collection);
    if (loads.status(info).isEmpty()) {
      throw Reasons.collectionNotLoaded(info.name());
    }
    return info;
  }

  /**
   * @throws io.tidemark.model.error.TidemarkException PARTITION_NOT_FOUND
   */
  static Set<String> partitions(CollectionInfo info, List<String> names) {
    for (String name : names) {
      if (info.partition(name).isEmpty()) {
        throw Reasons.partitionNotFound(name);
      }
    }
    return Set.copyOf(names);
  }
}
