package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.sql.function.TidemarkFunctions;
import io.tidemark.sql.procedure.Procedures;
import io.tidemark.sql.search.SearchOptions;
import io.tidemark.sql.system.SystemTables;
import io.tidemark.sql.table.SourceOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.table.catalog.CatalogDatabaseImpl;
import org.apache.flink.table.catalog.CatalogFunction;
import org.apache.flink.table.catalog.CatalogFunctionImpl;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.DatabaseAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotEmptyException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.FunctionNotExistException;
import org.apache.flink.table.catalog.exceptions.ProcedureNotExistException;
import org.apache.flink.table.catalog.exceptions.TableAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.flink.table.factories.Factory;
import org.apache.flink.table.factories.FunctionDefinitionFactory;
import org.apache.flink.table.procedures.Procedure;
import org.jspecify.annotations.Nullable;

/**
 * Databases and collections of a running Tidemark as databases and tables of Flink. Keeps nothing
 * itself: every answer is the server's, so that what the SDKs change is seen at once. Thread-safe
 * between {@link #open} and {@link #close}.
 */
public final class TidemarkCatalog extends ModelCatalog {
  private static final String COMMENT_PROPERTY = KeptOptions.PREFIX + "comment";

  private final Endpoint endpoint;
  private final Map<String, String> inherited;
  private @Nullable TidemarkClient client;

  /**
   * @param inherited options that all tables have unless they say otherwise
   */
  public TidemarkCatalog(
      String name, String defaultDatabase, Endpoint endpoint, Map<String, String> inherited) {
    super(name, defaultDatabase);
    this.endpoint = endpoint;
    this.inherited = Map.copyOf(inherited);
  }

  @Override
  public Optional<Factory> getFactory() {
    return Optional.of(new CatalogTableFactory(endpoint, getName(), inherited));
  }

  /** Connects, so that a wrong endpoint is told by CREATE CATALOG. */
  @Override
  public synchronized void open() {
    TidemarkClient opened = TidemarkClient.connect(endpoint);
    try {
      opened.databases().list();
    } catch (TidemarkException e) {
      opened.close();
      throw new CatalogException("catalog '" + getName() + "': " + e.getMessage(), e);
    }
    client = opened;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }

  private synchronized TidemarkClient client() {
    if (client == null) {
      throw new CatalogException("catalog '" + getName() + "' is closed");
    }
    return client;
  }

  /** The server's refusals of what a user asked for are the user's to mend. */
  static <T> T asking(Supplier<T> call) {
    try {
      return call.get();
    } catch (TidemarkException e) {
      throw switch (e.code().origin()) {
        case INPUT -> new ValidationException(e.getMessage(), e);
        case SYSTEM -> new CatalogException(e.getMessage(), e);
      };
    }
  }

  static void doing(Runnable call) {
    asking(() -> {
      call.run();
      return true;
    });
  }

  @Override
  public List<String> listDatabases() {
    return asking(() -> client().databases().list());
  }

  @Override
  public boolean databaseExists(String database) {
    return listDatabases().contains(database);
  }

  @Override
  void requireDatabase(String database) throws DatabaseNotExistException {
    if (!databaseExists(database)) {
      throw new DatabaseNotExistException(getName(), database);
    }
  }

  @Override
  public CatalogDatabase getDatabase(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    Map<String, String> properties =
        new HashMap<>(asking(() -> client().databases().properties(database)));
    String comment = properties.remove(COMMENT_PROPERTY);
    properties.keySet().removeIf(DatabaseModels::isModel);
    return new CatalogDatabaseImpl(properties, comment == null ? "" : comment);
  }

  private static Map<String, String> properties(CatalogDatabase database) {
    Map<String, String> properties = new HashMap<>(database.getProperties());
    if (database.getComment() != null && !database.getComment().isEmpty()) {
      properties.put(COMMENT_PROPERTY, database.getComment());
    }
    return properties;
  }

  @Override
  public void createDatabase(String name, CatalogDatabase database, boolean ignoreIfExists)
      throws DatabaseAlreadyExistException {
    if (databaseExists(name)) {
      if (!ignoreIfExists) {
        throw new DatabaseAlreadyExistException(getName(), name);
      }
      return;
    }
    doing(() -> client().databases().create(name, properties(database)));
  }

  @Override
  public void alterDatabase(String name, CatalogDatabase database, boolean ignoreIfNotExists)
      throws DatabaseNotExistException {
    if (ignoreIfNotExists && !databaseExists(name)) {
      return;
    }
    Map<String, String> wanted = properties(database);
    Set<String> gone = new TreeSet<>(properties(getDatabase(name)).keySet());
    gone.removeAll(wanted.keySet());
    doing(() -> client().databases().alter(name, wanted, gone));
  }

  @Override
  public void dropDatabase(String name, boolean ignoreIfNotExists, boolean cascade)
      throws DatabaseNotExistException, DatabaseNotEmptyException {
    if (!databaseExists(name)) {
      if (!ignoreIfNotExists) {
        throw new DatabaseNotExistException(getName(), name);
      }
      return;
    }
    List<String> collections = listTables(name);
    if (!cascade && !(collections.isEmpty() && listModels(name).isEmpty())) {
      throw new DatabaseNotEmptyException(getName(), name);
    }
    doing(() -> {
      collections.forEach(collection -> client().collections().drop(name, collection));
      client().databases().drop(name);
    });
  }

  @Override
  public List<String> listTables(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    List<String> names = new ArrayList<>(asking(() -> client().collections().list(database)));
    names.sort(null);
    return names;
  }

  @Override
  public List<String> listViews(String database) {
    return List.of();
  }

  private Optional<CollectionDescription> find(ObjectPath path) {
    return asking(() -> client().collections().find(path.getDatabaseName(), path.getObjectName()));
  }

  private CollectionDescription require(ObjectPath path) throws TableNotExistException {
    return find(path).orElseThrow(() -> new TableNotExistException(getName(), path));
  }

  @Override
  public boolean tableExists(ObjectPath path) {
    return systemTable(path)
        .map(name -> find(behind(path, name)))
        .orElseGet(() -> find(path))
        .isPresent();
  }

  @Override
  public CatalogTable getTable(ObjectPath path) throws TableNotExistException {
    Optional<SystemTables.Name> system = systemTable(path);
    if (system.isPresent()) {
      if (find(behind(path, system.get())).isEmpty()) {
        throw new TableNotExistException(getName(), path);
      }
      return SystemTables.table(system.get());
    }
    return table(path.getObjectName(), require(path));
  }

  /**
   * {@code FOR SYSTEM_TIME AS OF}: the table as it is now with its rows as they were. Fields are
   * only ever added, so what is younger than a row reads as its default.
   *
   * @param timestamp milliseconds since the epoch
   * @throws ValidationException for a time to come, one before 1970, and for system tables
   */
  @Override
  public CatalogTable getTable(ObjectPath path, long timestamp) throws TableNotExistException {
    if (systemTable(path).isPresent()) {
      throw new ValidationException(
          "system table '"
              + path.getObjectName()
              + "' has no past: read it without FOR SYSTEM_TIME AS OF");
    }
    long now = System.currentTimeMillis();
    if (timestamp > now || timestamp < 0) {
      throw new ValidationException(
          "table '%s' cannot be read FOR SYSTEM_TIME AS OF %s, which lies %s: now is %s"
              .formatted(
                  path.getObjectName(),
                  Instant.ofEpochMilli(timestamp),
                  timestamp < 0 ? "before 1970" : "in the future",
                  Instant.ofEpochMilli(now)));
    }
    CatalogTable table = getTable(path);
    Map<String, String> options = new HashMap<>(table.getOptions());
    String moment = Instant.ofEpochMilli(timestamp).toString();
    options.put(SourceOptions.AS_OF.key(), moment);
    options.put(SearchOptions.AS_OF.key(), moment);
    return CatalogTable.newBuilder()
        .schema(table.getUnresolvedSchema())
        .comment(table.getComment())
        .options(options)
        .snapshot(timestamp)
        .build();
  }

  private static Optional<SystemTables.Name> systemTable(ObjectPath path) {
    return SystemTables.find(path.getObjectName());
  }

  private static ObjectPath behind(ObjectPath path, SystemTables.Name name) {
    return new ObjectPath(path.getDatabaseName(), name.collection());
  }

  private CatalogTable table(String name, CollectionDescription collection) {
    return DescribedTable.of(
        endpoint,
        name,
        collection,
        asking(() -> client().collections().scalarIndexes(collection.database(), collection)));
  }

  @Override
  public void createTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfExists)
      throws TableAlreadyExistException, DatabaseNotExistException {
    requireDatabase(path.getDatabaseName());
    if (!(table instanceof ResolvedCatalogTable resolved)) {
      throw new ValidationException(
          "'"
              + path.getObjectName()
              + "' is a "
              + table.getTableKind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
              + ", but this catalog holds collections: use CREATE TEMPORARY VIEW, or another catalog");
    }
    if (tableExists(path)) {
      if (!ignoreIfExists) {
        throw new TableAlreadyExistException(getName(), path);
      }
      return;
    }
    NewCollection collection = NewCollection.of(resolved, endpoint);
    doing(() ->
        collection.create(client().collections(), path.getDatabaseName(), path.getObjectName()));
  }

  @Override
  public void alterTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfNotExists) {
    throw unsupported("a whole new definition of table '" + path + "': use ALTER TABLE");
  }

  @Override
  public void alterTable(
      ObjectPath path, CatalogBaseTable table, List<TableChange> changes, boolean ignoreIfNotExists)
      throws TableNotExistException {
    Optional<CollectionDescription> found = find(path);
    if (found.isEmpty()) {
      if (!ignoreIfNotExists) {
        throw new TableNotExistException(getName(), path);
      }
      return;
    }
    CollectionDescription collection = found.get();
    TableAlteration alteration =
        TableAlteration.of(
            collection, table(path.getObjectName(), collection).getOptions(), changes);
    doing(() -> alteration.apply(client().collections()));
  }

  @Override
  public void renameTable(ObjectPath path, String newName, boolean ignoreIfNotExists)
      throws TableNotExistException, TableAlreadyExistException {
    if (!tableExists(path)) {
      if (!ignoreIfNotExists) {
        throw new TableNotExistException(getName(), path);
      }
      return;
    }
    ObjectPath target = new ObjectPath(path.getDatabaseName(), newName);
    if (tableExists(target)) {
      throw new TableAlreadyExistException(getName(), target);
    }
    doing(
        () -> client().collections().rename(path.getDatabaseName(), path.getObjectName(), newName));
  }

  @Override
  public void dropTable(ObjectPath path, boolean ignoreIfNotExists) throws TableNotExistException {
    if (!tableExists(path)) {
      if (!ignoreIfNotExists) {
        throw new TableNotExistException(getName(), path);
      }
      return;
    }
    doing(() -> client().collections().drop(path.getDatabaseName(), path.getObjectName()));
  }

  @Override
  public CatalogTableStatistics getTableStatistics(ObjectPath path) {
    if (systemTable(path).isPresent()) {
      return CatalogTableStatistics.UNKNOWN;
    }
    try {
      long rows = client().collections().rowCount(path.getDatabaseName(), path.getObjectName());
      return new CatalogTableStatistics(rows, -1, -1, -1);
    } catch (TidemarkException e) {
      // The planner does without.
      if (e.code() == ErrorCode.UNEXPECTED) {
        throw new CatalogException(e.getMessage(), e);
      }
      return CatalogTableStatistics.UNKNOWN;
    }
  }

  @Override
  public List<String> listFunctions(String database) throws DatabaseNotExistException {
    requireDatabase(database);
    return TidemarkFunctions.definitions().keySet().stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .toList();
  }

  /** Functions that search ask this catalog's server. */
  @Override
  public Optional<FunctionDefinitionFactory> getFunctionDefinitionFactory() {
    return Optional.of((name, function, context) ->
        TidemarkFunctions.instance(name, endpoint, getDefaultDatabase()));
  }

  @Override
  public CatalogFunction getFunction(ObjectPath path) throws FunctionNotExistException {
    Class<?> function =
        TidemarkFunctions.definitions().get(path.getObjectName().toUpperCase(Locale.ROOT));
    if (function == null) {
      throw new FunctionNotExistException(getName(), path);
    }
    return new CatalogFunctionImpl(function.getName());
  }

  @Override
  public boolean functionExists(ObjectPath path) {
    return TidemarkFunctions.definitions()
        .containsKey(path.getObjectName().toUpperCase(Locale.ROOT));
  }

  @Override
  public List<String> listProcedures(String database) {
    return Procedures.names(database);
  }

  @Override
  public Procedure getProcedure(ObjectPath path) throws ProcedureNotExistException {
    return Procedures.find(endpoint, path)
        .orElseThrow(() -> new ProcedureNotExistException(getName(), path));
  }

  @Override
  DatabaseModels models() {
    return new DatabaseModels(client().databases());
  }
}
