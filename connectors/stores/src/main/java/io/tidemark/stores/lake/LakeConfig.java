package io.tidemark.stores.lake;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the lake is.
 *
 * @param catalogUri JDBC URI of the Iceberg catalog
 * @param warehouse URI below which tables and index files are made, without a slash at its end
 * @param properties further Iceberg catalog properties, such as {@code jdbc.user}; they win over
 *     what Tidemark sets
 */
public record LakeConfig(String catalogUri, String warehouse, Map<String, String> properties)
    implements Serializable {
  public LakeConfig {
    properties = Map.copyOf(properties);
    warehouse = warehouse.replaceAll("(?<=[^/:])/+$", "");
    if (!warehouse.contains(":/")) {
      throw new IllegalArgumentException(
          "warehouse '" + warehouse + "' is no URI; a local folder is given as file:///folder");
    }
  }

  /**
   * A catalog in one SQLite file, shared by the processes of one machine, and a local warehouse.
   */
  public static LakeConfig sqlite(Path catalogDb, Path warehouse) {
    String uri =
        "jdbc:sqlite:"
            + catalogDb.toAbsolutePath().normalize()
            + "?journal_mode=WAL&busy_timeout=10000";
    return new LakeConfig(uri, "file://" + warehouse.toAbsolutePath().normalize(), Map.of());
  }

  boolean local() {
    return warehouse.startsWith("file:");
  }
}
