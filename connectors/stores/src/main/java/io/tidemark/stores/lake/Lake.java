package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.record.ParquetCodecs;
import io.tidemark.stores.registry.SegmentRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * The databases and collections of one Iceberg catalog: a database is a namespace, a collection a
 * table whose properties carry a {@link CollectionInfo}. Tables without them are not seen. The
 * namespace {@code tidemark} is Tidemark's own and hidden.
 *
 * <p>Every answer is the catalog's as of the call; metadata files are read again only when they
 * have changed. Thread-safe. A catalog that cannot be reached throws Iceberg's or JDBC's
 * exceptions.
 */
public final class Lake implements AutoCloseable {
  /** The namespace of Tidemark's own tables. */
  public static final String RESERVED_DATABASE = "tidemark";

  private static final String CATALOG_NAME = "tidemark";

  private static final int FOLDER_NAME_MAX = 200;

  /** A collection that is renamed again and again is not found. */
  private static final int LOOKS_MAX = 10;

  private final JdbcCatalog catalog;
  private final Databases databases;
  private final String warehouse;
  private final Map<TableIdentifier, CollectionHandle> handles = new ConcurrentHashMap<>();
  private final Map<Long, TableIdentifier> identifiersById = new ConcurrentHashMap<>();
  private final SegmentRegistry registry;

  private Lake(JdbcCatalog catalog, String warehouse) {
    this.catalog = catalog;
    this.warehouse = warehouse;
    this.databases = new Databases(catalog);
    databases.ensure(RESERVED_DATABASE);
    databases.ensure(CollectionInfo.DEFAULT_DATABASE);
    this.registry =
        SegmentRegistry.open(
            catalog,
            TableIdentifier.of(RESERVED_DATABASE, SegmentRegistry.TABLE),
            warehouse + "/tables/" + RESERVED_DATABASE + "/" + SegmentRegistry.TABLE,
            LakeSchemas.upkeep());
  }

  /**
   * Opens the catalog, with {@code default} and Tidemark's own tables made where missing.
   *
   * @throws TidemarkException UNEXPECTED if the catalog is a file that is damaged, or that is lost
   *     while its warehouse holds tables
   */
  public static Lake open(LakeConfig config) {
    ParquetCodecs.settle();
    try {
      JdbcCatalog catalog = LakeCatalog.open(CATALOG_NAME, config);
      try {
        return new Lake(catalog, config.warehouse());
      } catch (RuntimeException e) {
        catalog.close();
        throw e;
      }
    } catch (RuntimeException e) {
      throw SqliteCatalog.explained(config, e);
    }
  }

  /** All databases but Tidemark's own, by name. */
  public List<String> databases() {
    return databases.list();
  }

  public boolean databaseExists(String database) {
    return databases.exists(database);
  }

  /**
   * @throws TidemarkException INVALID_PARAMETER if it exists or the name is reserved
   */
  public void createDatabase(String database, Map<String, String> properties) {
    databases.create(database, properties);
  }

  /**
   * @throws TidemarkException INVALID_PARAMETER if it holds tables, DATABASE_NOT_FOUND
   */
  public void dropDatabase(String database) {
    databases.drop(database);
  }

  /** As the user set them. */
  public Map<String, String> databaseProperties(String database) {
    return databases.properties(database);
  }

  /** Replaces all of them. */
  public void setDatabaseProperties(String database, Map<String, String> properties) {
    databases.setProperties(database, properties);
  }

  /**
   * By name.
   *
   * @throws TidemarkException DATABASE_NOT_FOUND
   */
  public List<CollectionInfo> collections(String database) {
    databases.require(database);
    List<CollectionInfo> found = new ArrayList<>();
    for (TableIdentifier identifier : tables(database)) {
      collection(identifier).ifPresent(found::add);
    }
    return found;
  }

  private List<TableIdentifier> tables(String database) {
    try {
      return catalog.listTables(Namespace.of(database)).stream()
          .sorted(java.util.Comparator.comparing(TableIdentifier::name))
          .toList();
    } catch (NoSuchNamespaceException e) {
      return List.of();
    }
  }

  public Optional<CollectionInfo> collection(String database, String name) {
    if (database.isEmpty() || name.isEmpty() || database.equals(RESERVED_DATABASE)) {
      return Optional.empty();
    }
    return collection(TableIdentifier.of(database, name));
  }

  private Optional<CollectionInfo> collection(TableIdentifier identifier) {
    CollectionHandle handle =
        handles.computeIfAbsent(identifier, id -> new CollectionHandle(catalog, id));
    Optional<CollectionInfo> info = handle.current();
    if (info.isEmpty()) {
      handles.remove(identifier, handle);
    } else {
      identifiersById.put(info.get().id(), identifier);
    }
    return info;
  }

  /** Whatever it is called now. Costs a look at every table only if it was renamed or is gone. */
  public Optional<CollectionInfo> collectionById(long id) {
    TableIdentifier last = identifiersById.get(id);
    if (last != null) {
      Optional<CollectionInfo> info = collection(last).filter(i -> i.id() == id);
      if (info.isPresent()) {
        return info;
      }
      identifiersById.remove(id, last);
    }
    // A table that is renamed while they are listed may be missed once: gone is what two looks
    // miss.
    return look(id).or(() -> look(id));
  }

  private Optional<CollectionInfo> look(long id) {
    for (String database : databases()) {
      for (TableIdentifier identifier : tables(database)) {
        Optional<CollectionInfo> info = collection(identifier);
        if (info.isPresent() && info.get().id() == id) {
          return info;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Makes its table, empty, every position at the collection's creation.
   *
   * @throws TidemarkException INVALID_PARAMETER if the name is taken, DATABASE_NOT_FOUND
   */
  public void createCollection(CollectionInfo info) {
    databases.require(info.database());
    Map<String, String> properties = LakeSchemas.tableProperties(info);
    try {
      catalog
          .buildTable(identifier(info), LakeSchemas.toIceberg(info.schema()))
          // A location of its own for life: a table renamed keeps it, and the name may be used
          // anew.
          .withLocation(warehouse + "/tables/" + folder(info))
          .withProperties(properties)
          .create();
    } catch (AlreadyExistsException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "collection " + info.name() + " already exists in database " + info.database(),
          e);
    }
  }

  /**
   * {@code DATABASE/NAME-ID}, unique for all time; a long name is cut, since file systems take 255
   * bytes, which a name alone may have.
   */
  public static String folder(CollectionInfo info) {
    String name = info.name().substring(0, Math.min(info.name().length(), FOLDER_NAME_MAX));
    return info.database() + "/" + name + "-" + info.id();
  }

  /**
   * Begins to make a collection that has rows from its first moment on.
   *
   * @param columns of the files that will be added, with their ids
   * @param positions per shard: what those rows are complete up to
   * @throws TidemarkException INVALID_PARAMETER if the name is taken, DATABASE_NOT_FOUND
   */
  public NewCollection newCollection(
      CollectionInfo info, Schema columns, Map<Integer, Long> positions) {
    databases.require(info.database());
    if (collection(identifier(info)).isPresent()) {
      throw TidemarkException.invalid(
          "collection " + info.name() + " already exists in database " + info.database());
    }
    return NewCollection.begin(
        info,
        columns,
        positions,
        catalog
            .buildTable(identifier(info), columns)
            .withLocation(warehouse + "/tables/" + folder(info)),
        () -> collectionById(info.id()).isPresent());
  }

  /** Drops its table, its registered indexes and all their files; nothing if it is gone. */
  public void dropCollection(CollectionInfo info) {
    Optional<CollectionInfo> current = collectionById(info.id());
    for (int attempt = 1; current.isPresent(); attempt++) {
      TableIdentifier identifier = identifier(current.get());
      try {
        Table table = catalog.loadTable(identifier);
        requireOf(table, info.id());
        catalog.dropTable(identifier, true);
        deletePrefix(table.io(), table.location());
      } catch (NoSuchTableException e) {
        // Somebody else dropped it in between, which is what was asked for, or renamed it.
        if (attempt == LOOKS_MAX) {
          throw e;
        }
      }
      handles.remove(identifier);
      current = collectionById(info.id());
    }
    identifiersById.remove(info.id());
    registry.removeCollection(info.id());
    deletePrefix(registry.io(), indexPrefix() + "/" + info.id());
  }

  private static void deletePrefix(FileIO io, String prefix) {
    if (io instanceof SupportsPrefixOperations files) {
      files.deletePrefix(prefix);
    }
  }

  /**
   * Gives it another name, maybe in another database; its id, rows and files stay.
   *
   * @param timestamp becomes the collection's updated timestamp
   */
  public void renameCollection(
      CollectionInfo info, String newDatabase, String newName, long timestamp) {
    databases.require(newDatabase);
    CollectionInfo current =
        collectionById(info.id()).orElseThrow(() -> notFound(info.database(), info.name()));
    try {
      catalog.renameTable(identifier(current), TableIdentifier.of(newDatabase, newName));
    } catch (AlreadyExistsException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "duplicated new collection name " + newName + " in database " + newDatabase,
          e);
    } catch (NoSuchTableException e) {
      throw notFound(info.database(), info.name());
    }
    handles.remove(identifier(current));
    CollectionInfo renamed = current.withName(newDatabase, newName, timestamp);
    changeCollection(renamed, found -> found.withName(newDatabase, newName, timestamp));
  }

  /**
   * Replaces what is known of the collection. Columns follow the schema by field id: added,
   * renamed, dropped, widened; positions stay.
   *
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  public void updateCollection(CollectionInfo info) {
    CollectionUpdate.apply(table(info), info);
  }

  /**
   * Changes what is known of the collection as {@link #updateCollection} does, from its state as
   * the lake has it: nothing that somebody else changed meanwhile is lost.
   *
   * @param change called again if another commit was faster; gives back what it got for no change;
   *     what it throws ends the call
   * @return the collection as it is now
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  public CollectionInfo changeCollection(
      CollectionInfo info, UnaryOperator<CollectionInfo> change) {
    return CollectionUpdate.change(table(info), change);
  }

  /**
   * @throws TidemarkException COLLECTION_NOT_FOUND
   */
  public LakeTable table(CollectionInfo info) {
    return new LakeTable(() -> load(info.id()), info.id(), notFound(info.database(), info.name()));
  }

  /** The table as the catalog has it now, if the collection still exists. */
  Optional<Table> load(long collectionId) {
    for (int attempt = 1; ; attempt++) {
      Optional<CollectionInfo> info = collectionById(collectionId);
      if (info.isEmpty()) {
        return Optional.empty();
      }
      try {
        Table table = catalog.loadTable(identifier(info.get()));
        requireOf(table, collectionId);
        return Optional.of(table);
      } catch (NoSuchTableException e) {
        // It was renamed just now, or dropped: only the next look tells.
        if (attempt == LOOKS_MAX) {
          throw e;
        }
      }
    }
  }

  /**
   * @throws NoSuchTableException if the table is another collection's: the name was given anew
   */
  private static void requireOf(Table table, long collectionId) {
    if (!Long.toString(collectionId).equals(table.properties().get(CollectionProperties.ID))) {
      throw new NoSuchTableException(
          "table %s is not collection %s any more", table.name(), collectionId);
    }
  }

  private static TableIdentifier identifier(CollectionInfo info) {
    return TableIdentifier.of(info.database(), info.name());
  }

  private static TidemarkException notFound(String database, String name) {
    return new TidemarkException(
        ErrorCode.COLLECTION_NOT_FOUND,
        "collection not found[database=" + database + "][collection=" + name + "]");
  }

  public SegmentRegistry registry() {
    return registry;
  }

  /**
   * The location below which index files live, {@code PREFIX/COLLECTION_ID/…}, without a slash at
   * its end. It lies outside every table, so that no table's maintenance deletes them.
   */
  public String indexPrefix() {
    return warehouse + "/indexes";
  }

  public Catalog catalog() {
    return catalog;
  }

  @Override
  public void close() {
    catalog.close();
  }
}
