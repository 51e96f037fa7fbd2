package io.tidemark.stores.lake;

import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens Iceberg's catalog over JDBC as a {@link LakeConfig} says. Stateless. */
final class LakeCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(LakeCatalog.class);
  private static final int ATTEMPTS_MAX = 3;

  /** A server that does not answer must not hold its caller for good. */
  private static final Map<String, String> POSTGRESQL =
      Map.of(
          "jdbc.connectTimeout", "10",
          "jdbc.loginTimeout", "10",
          "jdbc.socketTimeout", "30",
          "jdbc.tcpKeepAlive", "true",
          "jdbc.ApplicationName", "tidemark");

  /** Every commit and every plan reads manifests, which never change. */
  private static final Map<String, String> REMOTE_FILES =
      Map.of(
          "io.manifest.cache-enabled", "true",
          "io.manifest.cache.max-total-bytes", Long.toString(32L << 20),
          "io.manifest.cache.max-content-length", Long.toString(4L << 20));

  private LakeCatalog() {}

  /**
   * @throws UncheckedSQLException if the database cannot be reached
   * @throws io.tidemark.model.error.TidemarkException UNEXPECTED if it is a file that is lost, as
   *     {@link SqliteCatalog#requirePresent} has it
   */
  static JdbcCatalog open(String name, LakeConfig config) {
    SqliteCatalog.requirePresent(config);
    Map<String, String> properties = properties(config);
    for (int attempt = 1; ; attempt++) {
      JdbcCatalog catalog = new JdbcCatalog();
      catalog.setConf(config.hadoopConfiguration());
      try {
        catalog.initialize(name, properties);
        return catalog;
      } catch (UncheckedSQLException e) {
        catalog.close();
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        // Two processes that open a new catalog at once both make its tables, and one fails.
        LOG.info("catalog could not be opened, tried again uri={}", config, e);
      } catch (RuntimeException e) {
        catalog.close();
        throw e;
      }
    }
  }

  static Map<String, String> properties(LakeConfig config) {
    Map<String, String> properties = new HashMap<>();
    properties.put(CatalogProperties.URI, config.catalogUri());
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, config.warehouse());
    properties.put("jdbc.schema-version", "V1");
    if (config.catalogUri().startsWith("jdbc:postgresql:")) {
      properties.putAll(POSTGRESQL);
    }
    if (config.local()) {
      properties.put(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
    } else {
      properties.put(CatalogProperties.FILE_IO_IMPL, "org.apache.iceberg.hadoop.HadoopFileIO");
      properties.putAll(REMOTE_FILES);
    }
    config
        .properties()
        .forEach((key, value) -> {
          if (!HadoopSettings.isHadoop(key)) {
            properties.put(key, value);
          }
        });
    return properties;
  }
}
