package io.tidemark.serving.read;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is committed of collections, loaded or not, by handles that are kept. Thread-safe. */
final class CommittedTables {
  private final Lake lake;
  private final Map<Long, LakeTable> tables = new ConcurrentHashMap<>();

  CommittedTables(Lake lake) {
    this.lake = lake;
  }

  /**
   * The newest.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  LakeSnapshot snapshot(CollectionInfo info) {
    LakeTable table = tables.computeIfAbsent(info.id(), id -> lake.table(info));
    try {
      table.refresh();
      return table.snapshot();
    } catch (TidemarkException e) {
      tables.remove(info.id());
      throw e;
    }
  }

  void forget(long collectionId) {
    tables.remove(collectionId);
  }
}
