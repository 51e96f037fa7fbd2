package io.tidemark.sql.system;

import io.tidemark.connectors.client.Endpoint;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.connector.source.DynamicTableSource;

/** Names and definitions of system tables. Stateless. */
public final class SystemTables {
  private static final String KIND = "system-table";

  private SystemTables() {}

  /**
   * A system table's name taken apart.
   *
   * @param collection whose it is
   */
  public record Name(String collection, SystemTable table) {}

  /**
   * Takes {@code collection$segments} apart; empty for names without {@code $}.
   *
   * @throws ValidationException if there is no such system table
   */
  public static Optional<Name> find(String name) {
    int dollar = name.lastIndexOf('$');
    if (dollar < 1) {
      return Optional.empty();
    }
    String suffix = name.substring(dollar + 1);
    return Optional.of(
        new Name(
            name.substring(0, dollar),
            Arrays.stream(SystemTable.values())
                .filter(table -> table.suffix().equals(suffix))
                .findFirst()
                .orElseThrow(() ->
                    new ValidationException(
                        "there is no system table '$"
                            + suffix
                            + "'; a collection has "
                            + Arrays.stream(SystemTable.values())
                                .map(table -> "$" + table.suffix())
                                .collect(Collectors.joining(", "))))));
  }

  /** The table as a catalog shows it. */
  public static CatalogTable table(Name name) {
    return CatalogTable.newBuilder()
        .schema(name.table().schema())
        .comment("what stands behind collection '" + name.collection() + "'; only to read")
        .options(Map.of("connector", "tidemark", KIND, name.table().suffix()))
        .build();
  }

  /** Whether a table with these options is one. */
  public static boolean isOne(Map<String, String> options) {
    return options.containsKey(KIND);
  }

  /**
   * Reads it, at each planning anew.
   *
   * @param options that say where lake and log are, if the server is not to be asked
   */
  public static DynamicTableSource source(
      Endpoint endpoint, Map<String, String> options, String database, String name) {
    Name parts =
        find(name).orElseThrow(() -> new ValidationException("'" + name + "' is no system table"));
    return new SystemTableSource(
        new SystemRows(endpoint, Configuration.fromMap(options), database, parts.collection()),
        parts.table());
  }
}
