package io.tidemark.connectors.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.NoSuchTableException;

/**
 * One task's tables by collection id. A collection that was renamed is found again by its id; one
 * that nobody knows may have been made a moment ago, so it is asked for again for a bounded time.
 * Not thread-safe.
 */
final class CollectionTables implements AutoCloseable {
  private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final OpenStores stores;
  private final Lake lake;
  private final ControlStore control;
  private boolean closed;
  private final Map<Long, LakeTable> tables = new HashMap<>();

  private CollectionTables(OpenStores stores) {
    this.stores = stores;
    this.lake = stores.lake();
    this.control = stores.control();
  }

  static CollectionTables open(LakeAccess access) throws InterruptedException {
    return new CollectionTables(
        WhileAway.repeat("open the lake", () -> OpenStores.acquire(access)));
  }

  ControlStore control() {
    return control;
  }

  /**
   * The table with its current metadata; empty if the collection was dropped. Waits while the
   * catalog cannot be reached.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND if it is neither known nor dropped after waiting
   */
  Optional<LakeTable> current(long collectionId) throws InterruptedException {
    return WhileAway.repeat("look at a table", () -> lookUp(collectionId));
  }

  private Optional<LakeTable> lookUp(long collectionId) throws InterruptedException {
    LakeTable known = tables.get(collectionId);
    if (known != null && refreshed(known)) {
      return Optional.of(known);
    }
    tables.remove(collectionId);
    long deadline = System.nanoTime() + UNKNOWN_WAIT.toNanos();
    while (true) {
      control.refresh();
      if (control
          .get(ControlKeys.COLLECTION + collectionId)
          .filter(ControlKeys.DROPPED::equals)
          .isPresent()) {
        return Optional.empty();
      }
      Optional<LakeTable> found = find(collectionId);
      if (found.isPresent()) {
        tables.put(collectionId, found.get());
        return found;
      }
      if (System.nanoTime() > deadline) {
        throw new TidemarkException(
            ErrorCode.COLLECTION_NOT_FOUND,
            "the log has records of collection "
                + collectionId
                + ", which no table has as its id and no drop is recorded for, after "
                + UNKNOWN_WAIT.toSeconds()
                + " s; restore its table, or record it as dropped at "
                + ControlKeys.COLLECTION
                + collectionId);
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private static boolean refreshed(LakeTable table) {
    try {
      table.refresh();
      return true;
    } catch (NoSuchTableException e) {
      // Renamed or dropped: looked up by id again.
      return false;
    } catch (TidemarkException e) {
      if (e.code() == ErrorCode.COLLECTION_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private Optional<LakeTable> find(long collectionId) {
    Optional<CollectionInfo> info = lake.collectionById(collectionId);
    try {
      return info.map(lake::table);
    } catch (TidemarkException e) {
      if (e.code() == ErrorCode.COLLECTION_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  void forget(long collectionId) {
    tables.remove(collectionId);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      stores.close();
    }
  }
}
