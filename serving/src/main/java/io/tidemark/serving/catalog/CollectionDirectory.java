package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.stores.lake.Lake;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All collections and aliases by name, in memory. Changes are made one at a time by this package's
 * {@code …Changes} classes: first durably, then here, so that a reader never sees what a crash
 * could take back. Thread-safe.
 *
 * <p>What survives a kill at any moment: the lake's table <em>is</em> the collection, but for two
 * entries of the control store. {@code collection/ID} is written before the table is made, so that
 * the id of every log record is known; and it is set to {@link ControlKeys#DROPPED} before anything
 * of a collection is deleted: that mark is the drop. {@link #open} finishes what was begun: drops
 * the tables of marked collections, forgets ids whose table was never made, and names collections
 * as their tables are named.
 */
public final class CollectionDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionDirectory.class);

  private final ReentrantLock changes = new ReentrantLock();
  private final Lake lake;
  private final ControlStore control;
  private final Map<QualifiedName, CollectionInfo> byName = new ConcurrentHashMap<>();
  private final Map<Long, CollectionInfo> byId = new ConcurrentHashMap<>();
  private final Map<QualifiedName, Long> aliases = new ConcurrentHashMap<>();

  private CollectionDirectory(Lake lake, ControlStore control) {
    this.lake = lake;
    this.control = control;
  }

  /** Reads everything from lake and control store, and finishes what a kill left half done. */
  public static CollectionDirectory open(Lake lake, ControlStore control) {
    control.refresh();
    CollectionDirectory directory = new CollectionDirectory(lake, control);
    Map<String, String> known = new HashMap<>(control.list(ControlKeys.COLLECTION));
    for (String database : lake.databases()) {
      for (CollectionInfo info : lake.collections(database)) {
        directory.restore(info, known.remove(ControlKeys.COLLECTION + info.id()));
      }
    }
    known.forEach(directory::forgetUnmade);
    control.list(ControlKeys.ALIAS).forEach(directory::restoreAlias);
    return directory;
  }

  private void restore(CollectionInfo info, @Nullable String entry) {
    if (ControlKeys.DROPPED.equals(entry)) {
      LOG.info("finishes the drop of collection {} {}", info.id(), info.name());
      lake.dropCollection(info);
      return;
    }
    String name = info.database() + "/" + info.name();
    if (!name.equals(entry)) {
      control.put(ControlKeys.COLLECTION + info.id(), name);
    }
    put(info);
  }

  private void forgetUnmade(String key, String entry) {
    if (!entry.equals(ControlKeys.DROPPED)) {
      LOG.info("forgets {} of {}, whose table was never made", key, entry);
      control.delete(key);
    }
  }

  private void restoreAlias(String key, String id) {
    String[] parts = key.substring(ControlKeys.ALIAS.length()).split("/", 2);
    CollectionInfo target = byId.get(Long.parseLong(id));
    if (parts.length == 2 && target != null) {
      aliases.put(new QualifiedName(parts[0], parts[1]), target.id());
    } else {
      LOG.info("forgets {}, whose collection {} is gone", key, id);
      control.delete(key);
    }
  }

  /**
   * Asks the catalog and the control store for something small; throws what they throw if they are
   * away.
   */
  public void probe() {
    control.refresh();
    requireDatabase(lake.databases().getFirst());
  }

  /** Databases by name, {@code default} among them. */
  public List<String> databases() {
    return lake.databases();
  }

  /**
   * @throws TidemarkException DATABASE_NOT_FOUND
   */
  public void requireDatabase(String database) {
    if (!database.equals(CollectionInfo.DEFAULT_DATABASE) && !lake.databaseExists(database)) {
      throw Reasons.databaseNotFound(database);
    }
  }

  /** By its name or one of its aliases; a collection that a job has made is found too. */
  public Optional<CollectionInfo> find(String database, String nameOrAlias) {
    Optional<CollectionInfo> known = known(database, nameOrAlias);
    return known.isPresent() ? known : adopt(database, nameOrAlias);
  }

  /**
   * Looks for a table that this process has not made: restored ones come into being that way. It is
   * looked at again once no change is under way, which might be just making or dropping it.
   */
  private Optional<CollectionInfo> adopt(String database, String name) {
    if (lake.collection(database, name).filter(this::isNotDropped).isEmpty()) {
      return Optional.empty();
    }
    return changing(() -> {
      Optional<CollectionInfo> known = known(database, name);
      if (known.isPresent()) {
        return known;
      }
      Optional<CollectionInfo> made = lake.collection(database, name).filter(this::isNotDropped);
      made.ifPresent(info -> restore(info, control.get(key(info)).orElse(null)));
      return made;
    });
  }

  private boolean isNotDropped(CollectionInfo info) {
    return !byId.containsKey(info.id())
        && !control.get(key(info)).filter(ControlKeys.DROPPED::equals).isPresent();
  }

  private static String key(CollectionInfo info) {
    return ControlKeys.COLLECTION + info.id();
  }

  /** Whether {@link #find} finds it without asking the catalog. */
  public boolean isKnown(String database, String nameOrAlias) {
    return known(database, nameOrAlias).isPresent();
  }

  private Optional<CollectionInfo> known(String database, String nameOrAlias) {
    QualifiedName name = new QualifiedName(database, nameOrAlias);
    CollectionInfo info = byName.get(name);
    if (info == null) {
      Long id = aliases.get(name);
      info = id == null ? null : byId.get(id);
    }
    return Optional.ofNullable(info);
  }

  public Optional<CollectionInfo> byId(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * By its name or one of its aliases.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  public CollectionInfo require(String database, String nameOrAlias) {
    Optional<CollectionInfo> info = find(database, nameOrAlias);
    if (info.isEmpty()) {
      requireDatabase(database);
      throw Reasons.collectionNotFound(database, nameOrAlias);
    }
    return info.get();
  }

  /**
   * As {@link #require}, with what jobs have changed in the lake since: the index in use.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  public CollectionInfo requireCurrent(String database, String nameOrAlias) {
    CollectionInfo known = require(database, nameOrAlias);
    CollectionInfo current = lake.collectionById(known.id()).orElse(known);
    return current.equals(known) ? known : changing(() -> reread(database, nameOrAlias));
  }

  private CollectionInfo reread(String database, String nameOrAlias) {
    CollectionInfo known = require(database, nameOrAlias);
    CollectionInfo current = lake.collectionById(known.id()).orElse(known);
    put(current);
    return current;
  }

  /** Of one database, by name; collections that jobs have made are among them. */
  public List<CollectionInfo> collections(String database) {
    if (lake.databaseExists(database)) {
      lake.collections(database).stream()
          .filter(this::isNotDropped)
          .forEach(info -> adopt(database, info.name()));
    }
    return byName.values().stream()
        .filter(c -> c.database().equals(database))
        .sorted(Comparator.comparing(CollectionInfo::name))
        .toList();
  }

  public List<CollectionInfo> collections() {
    return List.copyOf(byId.values());
  }

  public boolean isAlias(String database, String name) {
    return aliases.containsKey(new QualifiedName(database, name));
  }

  /** The alias's collection. */
  public Optional<CollectionInfo> aliasTarget(String database, String alias) {
    return Optional.ofNullable(aliases.get(new QualifiedName(database, alias))).flatMap(this::byId);
  }

  /** Aliases of a collection, sorted. */
  public List<String> aliases(CollectionInfo info) {
    return aliases.entrySet().stream()
        .filter(e -> e.getValue() == info.id())
        .map(e -> e.getKey().name())
        .sorted()
        .toList();
  }

  /** Aliases of a database, sorted. */
  public List<String> aliases(String database) {
    return aliases.keySet().stream()
        .filter(n -> n.database().equals(database))
        .map(QualifiedName::name)
        .sorted()
        .toList();
  }

  /** Runs one change after another. */
  <T> T changing(Supplier<T> change) {
    changes.lock();
    try {
      return change.get();
    } finally {
      changes.unlock();
    }
  }

  /** New, or known anew under the same or another name. */
  void put(CollectionInfo info) {
    CollectionInfo before = byId.put(info.id(), info);
    QualifiedName name = new QualifiedName(info.database(), info.name());
    byName.put(name, info);
    if (before != null) {
      QualifiedName old = new QualifiedName(before.database(), before.name());
      if (!old.equals(name)) {
        byName.remove(old);
      }
    }
  }

  void remove(CollectionInfo info) {
    byName.remove(new QualifiedName(info.database(), info.name()));
    byId.remove(info.id());
  }

  void putAlias(String database, String alias, long collectionId) {
    aliases.put(new QualifiedName(database, alias), collectionId);
  }

  void removeAlias(String database, String alias) {
    aliases.remove(new QualifiedName(database, alias));
  }
}
