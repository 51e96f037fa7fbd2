package io.tidemark.serving.rpc;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.catalog.CollectionDirectory;
import io.tidemark.serving.catalog.LoadStates;
import io.tidemark.serving.read.travel.AsOf;
import io.tidemark.serving.wire.Reasons;
import java.util.List;
import java.util.Optional;
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
   * What a read is as of, from its parameter or, where that is empty, from the protocol's older
   * travel timestamp; empty for the present.
   *
   * @throws TidemarkException INVALID_PARAMETER
   */
  static Optional<AsOf> asOf(String parameter, long travelTimestamp) {
    if (!parameter.isBlank()) {
      return Optional.of(AsOf.parse(parameter));
    }
    if (travelTimestamp < 0) {
      throw TidemarkException.invalid(
          "travel_timestamp ["
              + travelTimestamp
              + "] is invalid, expected a hybrid timestamp, or 0 for what is there now");
    }
    return travelTimestamp > 0 ? Optional.of(new AsOf.Time(travelTimestamp)) : Optional.empty();
  }

  /** Whether {@link #named} need not ask the catalog. */
  boolean isKnown(String database, String collection) {
    return directory.isKnown(database, collection);
  }

  /**
   * Looked up before a request's parameters are: clients that have the wrong name hear of that
   * first.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  CollectionInfo named(String database, String collection) {
    return directory.require(database, collection);
  }

  /**
   * For a read as of a time gone by the collection need not be loaded.
   *
   * @throws TidemarkException COLLECTION_NOT_LOADED
   */
  void requireReadable(CollectionInfo info, Optional<AsOf> asOf) {
    if (asOf.isEmpty() && loads.status(info).isEmpty()) {
      throw Reasons.collectionNotLoaded(info.name());
    }
  }

  /**
   * @throws TidemarkException PARTITION_NOT_FOUND
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
