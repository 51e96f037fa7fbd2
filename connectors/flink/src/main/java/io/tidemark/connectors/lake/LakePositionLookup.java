package io.tidemark.connectors.lake;

import io.tidemark.model.log.PositionLookup;
import io.tidemark.stores.lake.LakeTable;
import java.util.Optional;

/** Asks the collections' tables for their positions. */
public final class LakePositionLookup implements PositionLookup {
  private final CollectionTables tables;
  private final boolean resumed;

  private LakePositionLookup(CollectionTables tables, boolean resumed) {
    this.tables = tables;
    this.resumed = resumed;
  }

  public static PositionLookup.Opener opener(LakeAccess access) {
    return resumed -> new LakePositionLookup(CollectionTables.open(access), resumed);
  }

  @Override
  public Standing of(long collectionId, int shard) throws InterruptedException {
    Optional<LakeTable> table = tables.current(collectionId);
    if (table.isEmpty()) {
      // Nobody will ever catch it up.
      AsideCollections.clear(tables.control(), collectionId, shard);
      return new Standing.Dropped();
    }
    long position = table.get().position(shard);
    tables.forget(collectionId);
    Optional<AsideCollections.Range> aside =
        resumed ? AsideCollections.of(tables.control(), collectionId, shard) : Optional.empty();
    return aside
        .<Standing>map(range -> new Standing.SetAside(position, range.reason()))
        .orElseGet(() -> new Standing.Known(position));
  }

  @Override
  public void close() {
    tables.close();
  }
}
