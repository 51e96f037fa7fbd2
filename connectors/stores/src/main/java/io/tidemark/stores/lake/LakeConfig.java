package io.tidemark.stores.lake;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Where the lake is, and how its catalog and its object store are reached. Travels into jobs with
 * everything in it; credentials that only the environment has are looked up by each process itself.
 *
 * @param catalogUri JDBC URI of the Iceberg catalog, {@code jdbc:postgresql:…} or {@code
 *     jdbc:sqlite:…}
 * @param warehouse URI below which tables and index files are made, without a slash at its end:
 *     {@code file:///folder} or {@code s3a://bucket/path}
 * @param properties Iceberg catalog properties, such as {@code jdbc.user}, which win over what
 *     Tidemark sets. Those that begin with {@code fs.} or {@code hadoop.} are Hadoop's, the latter
 *     without the prefix
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
    if (warehouse.startsWith("s3:") || warehouse.startsWith("s3n:")) {
      throw new IllegalArgumentException(
          "warehouse '"
              + warehouse
              + "' is read through Hadoop's s3a: write s3a"
              + warehouse.substring(warehouse.indexOf(':')));
    }
  }

  /**
   * A catalog in one SQLite file, shared by the processes of one machine, and a local warehouse.
   */
  public static LakeConfig sqlite(Path catalogDb, Path warehouse) {
    return new LakeConfig(
        sqliteUri(catalogDb), "file://" + warehouse.toAbsolutePath().normalize(), Map.of());
  }

  /** The URI of a catalog in one SQLite file. */
  public static String sqliteUri(Path catalogDb) {
    return "jdbc:sqlite:"
        + catalogDb.toAbsolutePath().normalize()
        + "?journal_mode=WAL&busy_timeout=10000";
  }

  /**
   * A lake as a command line describes it, completed by the environment of this process: {@code
   * AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL}, and {@code AWS_REGION} or {@code
   * AWS_DEFAULT_REGION}. ({@code AWS_ACCESS_KEY_ID} and its kin are left for s3a to look up.) What
   * {@code properties} say wins over the file, which wins over the environment.
   *
   * @param hadoopConf a {@code core-site.xml}; null for none
   * @throws IllegalArgumentException if the file cannot be read or the warehouse is no URI
   */
  public static LakeConfig jdbc(
      String catalogUri,
      String warehouse,
      Map<String, String> properties,
      @Nullable Path hadoopConf) {
    return jdbc(catalogUri, warehouse, properties, hadoopConf, System.getenv());
  }

  static LakeConfig jdbc(
      String catalogUri,
      String warehouse,
      Map<String, String> properties,
      @Nullable Path hadoopConf,
      Map<String, String> environment) {
    Map<String, String> all = new HashMap<>();
    if (warehouse.startsWith("s3a:")) {
      HadoopSettings.ofEnvironment(environment)
          .forEach((key, value) -> all.put(HadoopSettings.PREFIX + key, value));
    }
    if (hadoopConf != null) {
      HadoopSettings.ofFile(hadoopConf)
          .forEach((key, value) -> all.put(HadoopSettings.PREFIX + key, value));
    }
    properties.forEach(
        (key, value) -> all.put(key.startsWith("fs.") ? HadoopSettings.PREFIX + key : key, value));
    return new LakeConfig(catalogUri, warehouse, all);
  }

  /** Whether files are on a local disk, which no Hadoop is needed for. */
  public boolean local() {
    return warehouse.startsWith("file:");
  }

  /** Hadoop's settings for the warehouse, complete: Tidemark's own and those given. */
  public Map<String, String> hadoop() {
    return HadoopSettings.of(this);
  }

  Configuration hadoopConfiguration() {
    // Hadoop's defaults take long to load and are of no use to local files.
    Configuration configuration = new Configuration(!local());
    hadoop().forEach(configuration::set);
    return configuration;
  }

  /** Names properties without their values, which may be secret. */
  @Override
  public String toString() {
    return "LakeConfig[catalogUri="
        + catalogUri.replaceAll("(?i)(password=)[^&;]*", "$1…")
        + ", warehouse="
        + warehouse
        + ", properties="
        + new TreeMap<>(properties).keySet()
        + "]";
  }
}
