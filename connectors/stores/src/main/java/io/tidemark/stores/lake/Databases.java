package io.tidemark.stores.lake;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** The catalog's namespaces of one level, Tidemark's own left out. */
final class Databases {
  private static final String USER_PROPERTY = "tidemark.property.";

  private final JdbcCatalog catalog;

  Databases(JdbcCatalog catalog) {
    this.catalog = catalog;
  }

  List<String> list() {
    return catalog.listNamespaces().stream()
        .filter(n -> n.length() == 1)
        .map(n -> n.level(0))
        .filter(n -> !n.equals(Lake.RESERVED_DATABASE))
        .sorted()
        .toList();
  }

  boolean exists(String database) {
    return !database.equals(Lake.RESERVED_DATABASE)
        && !database.isEmpty()
        && catalog.namespaceExists(Namespace.of(database));
  }

  void require(String database) {
    if (!exists(database)) {
      throw new TidemarkException(
          ErrorCode.DATABASE_NOT_FOUND, "database not found[database=" + database + "]");
    }
  }

  void create(String database, Map<String, String> properties) {
    if (database.equals(Lake.RESERVED_DATABASE)) {
      throw TidemarkException.invalid("database name " + database + " is reserved");
    }
    if (!createIfMissing(database, properties)) {
      throw TidemarkException.invalid("database already exist: " + database);
    }
  }

  void ensure(String database) {
    createIfMissing(database, Map.of());
  }

  private boolean createIfMissing(String database, Map<String, String> properties) {
    Namespace namespace = Namespace.of(database);
    if (catalog.namespaceExists(namespace)) {
      return false;
    }
    try {
      catalog.createNamespace(namespace, stored(properties));
      return true;
    } catch (AlreadyExistsException e) {
      return false;
    } catch (RuntimeException e) {
      // Two processes that open a new lake at once: the slower one's insert breaks a unique key.
      if (catalog.namespaceExists(namespace)) {
        return false;
      }
      throw e;
    }
  }

  void drop(String database) {
    require(database);
    try {
      catalog.dropNamespace(Namespace.of(database));
    } catch (NamespaceNotEmptyException e) {
      throw new TidemarkException(
          ErrorCode.INVALID_PARAMETER,
          "database:" + database + " not empty, must drop all collections before drop database",
          e);
    }
  }

  Map<String, String> properties(String database) {
    require(database);
    Map<String, String> properties = new TreeMap<>();
    catalog
        .loadNamespaceMetadata(Namespace.of(database))
        .forEach((key, value) -> {
          if (key.startsWith(USER_PROPERTY)) {
            properties.put(key.substring(USER_PROPERTY.length()), value);
          }
        });
    return properties;
  }

  void setProperties(String database, Map<String, String> properties) {
    Set<String> gone = new HashSet<>(properties(database).keySet());
    gone.removeAll(properties.keySet());
    Namespace namespace = Namespace.of(database);
    if (!gone.isEmpty()) {
      catalog.removeProperties(
          namespace, Set.copyOf(gone.stream().map(key -> USER_PROPERTY + key).toList()));
    }
    if (!properties.isEmpty()) {
      catalog.setProperties(namespace, stored(properties));
    }
  }

  private static Map<String, String> stored(Map<String, String> properties) {
    Map<String, String> stored = new HashMap<>();
    properties.forEach((key, value) -> stored.put(USER_PROPERTY + key, value));
    return stored;
  }
}
