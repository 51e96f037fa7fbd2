package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.ProtocolLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Creates, alters and drops databases: namespaces of the lake, and nothing else. Thread-safe. */
public final class DatabaseChanges {
  /** Hidden property: when the database was created, hybrid; also its id. */
  private static final String CREATED = "tidemark.created";

  private static final String HIDDEN_PREFIX = "tidemark.";

  /** The id of the database that was there first. */
  private static final long DEFAULT_ID = 1;

  private final ChangeContext context;
  private final Map<String, Long> ids = new ConcurrentHashMap<>();

  public DatabaseChanges(ChangeContext context) {
    this.context = context;
  }

  /**
   * @param id also its creation timestamp, but 1 for {@code default}
   * @param properties as the client set them
   */
  public record DatabaseInfo(
      String name, long id, long createdTimestamp, Map<String, String> properties) {}

  /**
   * @throws TidemarkException 1100 for a bad or taken name, or one too many
   */
  public void create(String name, Map<String, String> properties) {
    FieldSchema.checkName("database", name);
    checkProperties(properties);
    context
        .directory()
        .changing(() -> {
          List<String> existing = context.directory().databases();
          if (existing.contains(name)) {
            throw TidemarkException.invalid("database already exist: " + name);
          }
          if (existing.size() >= ProtocolLimits.DATABASES_MAX) {
            throw TidemarkException.invalid(
                "exceeded the limit number of database[limit="
                    + ProtocolLimits.DATABASES_MAX
                    + "], drop one first");
          }
          Map<String, String> stored = new HashMap<>(properties);
          stored.put(CREATED, Long.toString(context.log().allocate()));
          context.lake().createDatabase(name, stored);
          return name;
        });
  }

  /**
   * @throws TidemarkException DATABASE_NOT_FOUND; 1100 for {@code default} or if it has collections
   */
  public void drop(String name) {
    if (name.equals(CollectionInfo.DEFAULT_DATABASE)) {
      throw TidemarkException.invalid("can not drop default database");
    }
    context
        .directory()
        .changing(() -> {
          context.directory().requireDatabase(name);
          if (!context.directory().collections(name).isEmpty()) {
            throw TidemarkException.invalid(
                "database:" + name + " not empty, must drop all collections before drop database");
          }
          context.lake().dropDatabase(name);
          ids.remove(name);
          return name;
        });
  }

  /** Sets some properties and deletes others. */
  public void alter(String name, Map<String, String> set, List<String> delete) {
    checkProperties(set);
    context
        .directory()
        .changing(() -> {
          context.directory().requireDatabase(name);
          Map<String, String> stored = new HashMap<>(context.lake().databaseProperties(name));
          delete.stream().filter(key -> !key.startsWith(HIDDEN_PREFIX)).forEach(stored::remove);
          stored.putAll(set);
          context.lake().setDatabaseProperties(name, stored);
          return name;
        });
  }

  private static void checkProperties(Map<String, String> properties) {
    for (String key : properties.keySet()) {
      if (key.startsWith(HIDDEN_PREFIX)) {
        throw TidemarkException.invalid(
            "property "
                + key
                + " is reserved, choose a name that does not start with "
                + HIDDEN_PREFIX);
      }
    }
  }

  /**
   * The id of a database that exists; remembered, as every description of a collection tells it.
   *
   * @throws TidemarkException DATABASE_NOT_FOUND
   */
  public long id(String name) {
    return ids.computeIfAbsent(name, n -> describe(n).id());
  }

  /**
   * @throws TidemarkException DATABASE_NOT_FOUND
   */
  public DatabaseInfo describe(String name) {
    context.directory().requireDatabase(name);
    Map<String, String> properties = new TreeMap<>(context.lake().databaseProperties(name));
    String created = properties.remove(CREATED);
    long timestamp = created == null ? 0 : Long.parseLong(created);
    return new DatabaseInfo(name, timestamp == 0 ? DEFAULT_ID : timestamp, timestamp, properties);
  }
}
