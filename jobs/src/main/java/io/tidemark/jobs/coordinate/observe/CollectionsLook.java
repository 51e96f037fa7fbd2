package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.function.SegmentFacts;
import io.tidemark.jobs.coordinate.host.Envelope;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All collections: which there are, and each one's changes. */
final class CollectionsLook {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionsLook.class);

  private final Lake lake;
  private final ControlStore control;
  private final SegmentFinder finder;
  private final Map<Long, CollectionLook> looks = new HashMap<>();
  private Map<TableIdentifier, Long> ids = Map.of();
  private boolean first = true;

  CollectionsLook(Lake lake, ControlStore control, SegmentFinder finder) {
    this.lake = lake;
    this.control = control;
    this.finder = finder;
  }

  void look(long nowMs, Consumer<byte[]> changes) {
    Map<Long, List<SegmentIndex>> registered = new HashMap<>();
    lake.registry()
        .list()
        .forEach(index ->
            registered.computeIfAbsent(index.collectionId(), id -> new ArrayList<>()).add(index));
    ids = identify();
    Set<Long> gone = new HashSet<>(looks.keySet());
    ids.values().forEach(gone::remove);
    for (long id : Set.copyOf(ids.values())) {
      if (!look(id, registered.getOrDefault(id, List.of()), nowMs, changes)) {
        gone.add(id);
      }
    }
    gone.forEach(id -> gone(id, changes));
    if (first) {
      forgotten(changes);
      first = false;
    }
  }

  /** One query a database; only a name that is new costs more. */
  private Map<TableIdentifier, Long> identify() {
    Map<TableIdentifier, Long> found = new HashMap<>();
    for (String database : lake.databases()) {
      for (TableIdentifier table : lake.catalog().listTables(Namespace.of(database))) {
        Long known = ids.get(table);
        if (known == null) {
          Optional<CollectionInfo> info = lake.collection(database, table.name());
          known = info.map(CollectionInfo::id).orElse(null);
        }
        if (known != null) {
          found.put(table, known);
        }
      }
    }
    return found;
  }

  /**
   * @return false if it is not there any more
   */
  private boolean look(
      long id, List<SegmentIndex> registered, long nowMs, Consumer<byte[]> changes) {
    try {
      CollectionLook look = looks.get(id);
      if (look == null) {
        Optional<CollectionInfo> info = lake.collectionById(id);
        if (info.isEmpty()) {
          return false;
        }
        look = new CollectionLook(lake.table(info.get()), control, finder);
        looks.put(id, look);
      }
      look.look(registered, nowMs, changes);
      return true;
    } catch (TidemarkException e) {
      if (e.code() != ErrorCode.COLLECTION_NOT_FOUND) {
        throw e;
      }
      LOG.debug("collection dropped since it was listed id={}", id);
      return false;
    }
  }

  private void gone(long id, Consumer<byte[]> changes) {
    CollectionLook look = looks.remove(id);
    ids.values().removeIf(known -> known == id);
    if (look != null) {
      look.gone(changes);
    }
  }

  /** What is still shown of collections and segments that went while nobody looked. */
  private void forgotten(Consumer<byte[]> changes) {
    for (String key : control.list(ControlKeys.COLLECTION_STATE).keySet()) {
      long id = Long.parseLong(key.substring(ControlKeys.COLLECTION_STATE.length()));
      if (!looks.containsKey(id)) {
        changes.accept(
            Envelope.of(
                Functions.COLLECTION,
                Long.toString(id),
                Message.TYPE,
                new Message.CollectionGone(id)));
      }
    }
    for (String key : control.list(ControlKeys.SEGMENT_STATE).keySet()) {
      String[] address = key.substring(ControlKeys.SEGMENT_STATE.length()).split("/", 2);
      long id = Long.parseLong(address[0]);
      CollectionLook look = looks.get(id);
      if (look == null || !look.knows(address[1])) {
        changes.accept(CollectionLook.envelope(SegmentFacts.gone(id, address[1])));
      }
    }
  }

  /** Ids of collections by {@code NAME} in the default database or {@code DATABASE/NAME}. */
  Optional<Long> id(String name) {
    int slash = name.indexOf('/');
    String database = slash < 0 ? CollectionInfo.DEFAULT_DATABASE : name.substring(0, slash);
    return Optional.ofNullable(ids.get(TableIdentifier.of(database, name.substring(slash + 1))));
  }
}
