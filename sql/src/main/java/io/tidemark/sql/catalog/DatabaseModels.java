package io.tidemark.sql.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tidemark.connectors.client.DatabaseCalls;
import io.tidemark.model.schema.FieldSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogModel;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.catalog.exceptions.CatalogException;

/**
 * Definitions of models as properties of their database on the server: {@value #PREFIX} and the
 * model's name, with Flink's own properties of the model as one JSON object, so that a definition
 * is there whole or not at all. Each call asks the server; thread-safe.
 */
record DatabaseModels(DatabaseCalls databases) {
  static final String PREFIX = KeptOptions.PREFIX + "model.";

  private static final int NAME_LENGTH_MAX = 200;

  /** What Iceberg's JDBC catalog keeps of a property's value on PostgreSQL. */
  private static final int DEFINITION_LENGTH_MAX = 1000;

  private static final JsonMapper JSON = new JsonMapper();

  /** Names in order. */
  List<String> list(String database) {
    return databases.properties(database).keySet().stream()
        .filter(DatabaseModels::isModel)
        .map(key -> key.substring(PREFIX.length()))
        .sorted()
        .toList();
  }

  /** Whether a database's property is one of these. */
  static boolean isModel(String property) {
    return property.startsWith(PREFIX);
  }

  Optional<CatalogModel> find(String database, String name) {
    return Optional.ofNullable(databases.properties(database).get(PREFIX + name))
        .map(definition -> read(database, name, definition));
  }

  private static CatalogModel read(String database, String name, String definition) {
    try {
      return ResolvedCatalogModel.fromProperties(
          JSON.readValue(definition, new TypeReference<Map<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new CatalogException(
          "model '"
              + name
              + "': property '"
              + PREFIX
              + name
              + "' of database '"
              + database
              + "' is no definition of a model; a Milvus SDK can remove that property",
          e);
    }
  }

  /**
   * Creates it or takes the place of what is there.
   *
   * @throws ValidationException for a name that no collection could have, a secret option, or too
   *     long a definition
   */
  void put(String database, String name, CatalogModel model) {
    checkName(name);
    if (!(model instanceof ResolvedCatalogModel resolved)) {
      throw new CatalogException("model '" + name + "' comes without resolved columns");
    }
    model.getOptions().keySet().stream()
        .filter(KeptOptions::isSecret)
        .findFirst()
        .ifPresent(key -> {
          throw new ValidationException(
              "model '"
                  + name
                  + "': option '"
                  + key
                  + "' is secret, and this catalog would show it to everybody: use CREATE TEMPORARY"
                  + " MODEL, or another catalog");
        });
    String definition = json(resolved);
    if (definition.length() > DEFINITION_LENGTH_MAX) {
      throw new ValidationException(
          "model '"
              + name
              + "': its definition has "
              + definition.length()
              + " characters as JSON, and this catalog keeps "
              + DEFINITION_LENGTH_MAX
              + ": shorten its comment or options, or use CREATE TEMPORARY MODEL");
    }
    databases.alter(database, Map.of(PREFIX + name, definition), Set.of());
  }

  private static String json(ResolvedCatalogModel model) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(model.toProperties()));
    } catch (JsonProcessingException e) {
      throw new CatalogException("a map of texts cannot be written as JSON", e);
    }
  }

  void drop(String database, String name) {
    databases.alter(database, Map.of(), Set.of(PREFIX + name));
  }

  /** The new name is there before the old one goes: a crash leaves both. */
  void rename(String database, String name, String newName) {
    checkName(newName);
    String definition = databases.properties(database).get(PREFIX + name);
    if (definition != null) {
      databases.alter(database, Map.of(PREFIX + newName, definition), Set.of());
      drop(database, name);
    }
  }

  private static void checkName(String name) {
    FieldSchema.checkName("model", name);
    if (name.length() > NAME_LENGTH_MAX) {
      throw new ValidationException(
          "model '"
              + name
              + "': its name has "
              + name.length()
              + " characters, limit "
              + NAME_LENGTH_MAX);
    }
  }
}
