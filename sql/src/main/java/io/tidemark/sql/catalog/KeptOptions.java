package io.tidemark.sql.catalog;

import io.tidemark.sql.table.TableOptions;
import io.tidemark.sql.table.TidemarkOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.ValidationException;

/**
 * Options of a table that are no attributes of its collection, such as {@code sink.batch.rows}:
 * kept as properties of the collection, named like the option after {@value #PREFIX}, so that every
 * session that uses the table has them.
 */
final class KeptOptions {
  static final String PREFIX = "sql.";

  /** Lists the metadata columns that the table shows, separated by commas. */
  static final String METADATA_COLUMNS = PREFIX + "metadata-columns";

  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)token|.*(password|passwd|secret|credential|access.?key|api.?key|session.?token).*");
  private static final int EDITS_MAX = 3;

  /** Attributes of the collection: written by its creation, never kept. */
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "connector",
          TidemarkOptions.ENDPOINT.key(),
          TidemarkOptions.HTTP_ENDPOINT.key(),
          TidemarkOptions.DATABASE.key(),
          TidemarkOptions.COLLECTION.key(),
          TidemarkOptions.AUTO_ID.key(),
          TidemarkOptions.DYNAMIC.key(),
          TidemarkOptions.SHARDS.key(),
          TidemarkOptions.TTL.key(),
          TidemarkOptions.CONSISTENCY.key());

  private static final List<String> ATTRIBUTE_PREFIXES =
      List.of(
          TidemarkOptions.DIMENSION_PREFIX,
          TidemarkOptions.TYPE_PREFIX,
          TidemarkOptions.DEFAULT_PREFIX,
          TidemarkOptions.INDEX_PREFIX,
          TidemarkOptions.METRIC_PREFIX,
          TidemarkOptions.PROPERTY_PREFIX);

  private KeptOptions() {}

  static boolean isAttribute(String key) {
    return ATTRIBUTES.contains(key) || ATTRIBUTE_PREFIXES.stream().anyMatch(key::startsWith);
  }

  static boolean isSecret(String key) {
    return SECRET.matcher(key).matches();
  }

  /**
   * @throws ValidationException if no table has such an option, or if it is secret
   */
  static void check(String key) {
    if (isSecret(key)) {
      throw new ValidationException(
          "option '"
              + key
              + "' is secret, and a table of this catalog would show it to everybody:"
              + " give it to the catalog (CREATE CATALOG … WITH), or to a temporary table");
    }
    if (isAttribute(key) || key.startsWith(TidemarkOptions.LAKE_PROPERTIES_PREFIX)) {
      return;
    }
    Set<String> known =
        TableOptions.all().stream()
            .map(ConfigOption::key)
            .collect(Collectors.toCollection(TreeSet::new));
    if (!known.contains(key)) {
      List<String> near = known.stream().filter(name -> edits(name, key) <= EDITS_MAX).toList();
      throw new ValidationException(
          "option '"
              + key
              + "' is unknown; "
              + (near.isEmpty() ? "there are " + known : "did you mean one of " + near + "?"));
    }
  }

  /** As properties of the collection. */
  static Map<String, String> properties(Map<String, String> options) {
    Map<String, String> properties = new TreeMap<>();
    options.forEach((key, value) -> {
      if (!isAttribute(key)) {
        properties.put(PREFIX + key, value);
      }
    });
    return properties;
  }

  /** As options of the table. */
  static Map<String, String> options(Map<String, String> properties) {
    Map<String, String> options = new TreeMap<>();
    properties.forEach((key, value) -> {
      if (key.startsWith(PREFIX) && !key.equals(METADATA_COLUMNS)) {
        options.put(key.substring(PREFIX.length()), value);
      }
    });
    return options;
  }

  /** Levenshtein's distance. */
  private static int edits(String a, String b) {
    List<Integer> previous = new ArrayList<>();
    for (int j = 0; j <= b.length(); j++) {
      previous.add(j);
    }
    for (int i = 1; i <= a.length(); i++) {
      List<Integer> current = new ArrayList<>();
      current.add(i);
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous.get(j - 1) + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current.add(Math.min(replaced, Math.min(previous.get(j), current.get(j - 1)) + 1));
      }
      previous = current;
    }
    return previous.getLast();
  }
}
