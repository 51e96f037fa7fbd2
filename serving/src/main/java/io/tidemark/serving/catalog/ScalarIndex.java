package io.tidemark.serving.catalog;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.JsonDocuments;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An index that a client asked for on a scalar field. Filters are evaluated over whole columns with
 * or without it, so it is only remembered, as a property of the collection, and always finished.
 *
 * @param type as the client wrote it
 */
public record ScalarIndex(
    long id,
    int fieldId,
    String fieldName,
    String name,
    String type,
    Map<String, String> parameters) {
  /** Properties of collections that hold one: this and its name. */
  public static final String PROPERTY_PREFIX = "tidemark.scalar.index.";

  private static final Set<String> ANY = Set.of("", "AUTOINDEX", "INVERTED");
  private static final String PARAMETER_PREFIX = "param.";

  public ScalarIndex {
    parameters = Map.copyOf(parameters);
  }

  /**
   * @throws TidemarkException 1100 if no such index can be on a field of that type
   */
  static void check(FieldSchema field, String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    boolean fits =
        switch (upper) {
          case "STL_SORT" -> field.type() != DataType.JSON && field.type() != DataType.BOOL;
          case "TRIE" -> field.type() == DataType.VARCHAR;
          case "BITMAP" ->
              !field.primaryKey() && !field.type().isFloating() && field.type() != DataType.JSON;
          default -> ANY.contains(upper);
        };
    if (!fits) {
      throw TidemarkException.invalid(
          "index type "
              + type
              + " is not supported on field "
              + field.name()
              + " of type "
              + field.type()
              + ", expected one of AUTOINDEX, INVERTED, STL_SORT, Trie, BITMAP as the type allows");
    }
  }

  String property() {
    return PROPERTY_PREFIX + name;
  }

  /** As a flat JSON object. */
  String text() {
    Map<String, String> members = new TreeMap<>();
    members.put("id", Long.toString(id));
    members.put("fieldId", Integer.toString(fieldId));
    members.put("fieldName", fieldName);
    members.put("name", name);
    members.put("type", type);
    parameters.forEach((key, value) -> members.put(PARAMETER_PREFIX + key, value));
    return JsonDocuments.object(members);
  }

  static ScalarIndex parse(String text) {
    Map<String, String> members = JsonDocuments.flat(text, "scalar index");
    Map<String, String> parameters = new TreeMap<>();
    members.forEach((key, value) -> {
      if (key.startsWith(PARAMETER_PREFIX)) {
        parameters.put(key.substring(PARAMETER_PREFIX.length()), value);
      }
    });
    return new ScalarIndex(
        Long.parseLong(members.getOrDefault("id", "0")),
        Integer.parseInt(members.getOrDefault("fieldId", "0")),
        members.getOrDefault("fieldName", ""),
        members.getOrDefault("name", ""),
        members.getOrDefault("type", ""),
        parameters);
  }
}
