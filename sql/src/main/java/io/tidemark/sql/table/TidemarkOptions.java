package io.tidemark.sql.table;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.Stores;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.log.LogConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/**
 * Options of tables with {@code 'connector'='tidemark'}: where the server is, and what a collection
 * made from the table is like. Those of writing, reading and searching stand in classes of their
 * own.
 */
public final class TidemarkOptions {
  public static final String IDENTIFIER = "tidemark";

  public static final String DIMENSION_PREFIX = "dim.";
  public static final String TYPE_PREFIX = "type.";
  public static final String DEFAULT_PREFIX = "default.";
  public static final String INDEX_PREFIX = "index.";
  public static final String INDEX_PARAMS_PREFIX = "index.params.";
  public static final String METRIC_PREFIX = "metric.";
  public static final String PROPERTY_PREFIX = "property.";
  public static final String LAKE_PROPERTIES_PREFIX = "lake.properties.";

  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("endpoint")
          .stringType()
          .defaultValue(Endpoint.DEFAULT_GRPC)
          .withDescription(
              "host:port of the gRPC endpoint. Tables of a catalog have the catalog's.");

  public static final ConfigOption<String> HTTP_ENDPOINT =
      ConfigOptions.key("http-endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Base URI of status and administration, asked where log and lake are and for jobs;"
                  + " 'http://HOST:9091' on the host of 'endpoint' unless given.");

  public static final ConfigOption<String> TOKEN =
      ConfigOptions.key("token")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "'user:password' or an API key, sent with each request. Give it to the catalog, or to a"
                  + " temporary table: a table that is kept would show it.");

  public static final ConfigOption<String> DATABASE =
      ConfigOptions.key("database")
          .stringType()
          .defaultValue("default")
          .withDescription("Database of the collection. In Tidemark's catalog the table's own.");

  public static final ConfigOption<String> COLLECTION =
      ConfigOptions.key("collection")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Name or alias of the collection; the table's name unless given. In Tidemark's catalog"
                  + " always the table's name.");

  public static final ConfigOption<Integer> DIMENSION =
      ConfigOptions.key("dim.<column>")
          .intType()
          .noDefaultValue()
          .withDescription("Dimension of an ARRAY<FLOAT> column, 1 to 32768. Needed for each.");

  public static final ConfigOption<String> TYPE =
      ConfigOptions.key("type.<column>")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "'JSON' makes a STRING column a JSON field, whose values filters can look into."
                  + " 'FLOAT16' or 'BFLOAT16' makes an ARRAY<FLOAT> column a vector of 16-bit floats."
                  + " Otherwise the column's type says it.");

  public static final ConfigOption<String> DEFAULT =
      ConfigOptions.key("default.<column>")
          .stringType()
          .noDefaultValue()
          .withDescription("Value of rows that give none, or null.");

  public static final ConfigOption<String> INDEX =
      ConfigOptions.key("index.<column>")
          .stringType()
          .defaultValue("AUTOINDEX")
          .withDescription(
              "Index of a vector column: AUTOINDEX, HNSW or FLAT (exact). Other columns have none"
                  + " unless given, such as INVERTED.");

  public static final ConfigOption<String> INDEX_PARAMS =
      ConfigOptions.key("index.params.<column>")
          .stringType()
          .noDefaultValue()
          .withDescription("Parameters of the index, such as 'M=16,efConstruction=200'.");

  public static final ConfigOption<String> METRIC =
      ConfigOptions.key("metric.<column>")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "How near two vectors of the column are: L2, IP or COSINE, which is the default; of bits HAMMING,"
                  + " which is the default, or JACCARD.");

  public static final ConfigOption<Boolean> AUTO_ID =
      ConfigOptions.key("auto-id")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "The server makes the keys, which must be BIGINT or VARCHAR; what is written into the key"
                  + " column is ignored.");

  public static final ConfigOption<Boolean> DYNAMIC =
      ConfigOptions.key("dynamic")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Rows may have further keys, which the metadata column `$meta` shows and takes as a JSON"
                  + " object.");

  public static final ConfigOption<Integer> SHARDS =
      ConfigOptions.key("shards")
          .intType()
          .defaultValue(1)
          .withDescription("Shards of the collection, 1 to 16; more of them take more writes.");

  public static final ConfigOption<Duration> TTL =
      ConfigOptions.key("ttl")
          .durationType()
          .noDefaultValue()
          .withDescription("Rows older than this are neither read nor kept, such as '7 d'.");

  public static final ConfigOption<ConsistencyLevel> CONSISTENCY =
      ConfigOptions.key("consistency")
          .enumType(ConsistencyLevel.class)
          .defaultValue(ConsistencyLevel.BOUNDED)
          .withDescription("Consistency of searches that name none.");

  public static final ConfigOption<String> PROPERTY =
      ConfigOptions.key("property.<name>")
          .stringType()
          .noDefaultValue()
          .withDescription("Any property of the collection, as the SDKs set and show them.");

  public static final ConfigOption<String> LAKE_CATALOG =
      ConfigOptions.key("lake.catalog")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "JDBC URI of the lake's Iceberg catalog, where it is another for readers than the server"
                  + " says, or the server's HTTP endpoint cannot be reached.");

  public static final ConfigOption<String> LAKE_WAREHOUSE =
      ConfigOptions.key("lake.warehouse")
          .stringType()
          .noDefaultValue()
          .withDescription("URI of the lake's warehouse, if it is another than the server says.");

  public static final ConfigOption<String> LAKE_PROPERTIES =
      ConfigOptions.key("lake.properties.<name>")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Properties of the lake's catalog and object store, such as jdbc.password or"
                  + " fs.s3a.access.key: the server never tells what is secret.");

  public static final ConfigOption<String> LOG_BOOTSTRAP =
      ConfigOptions.key("log.bootstrap")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Bootstrap servers of the log, if they are others than the server says.");

  public static final ConfigOption<Integer> LOG_PCHANNELS =
      ConfigOptions.key("log.pchannels")
          .intType()
          .defaultValue(2)
          .withDescription(
              "Partitions of the log's data topic; only looked at where 'lake.catalog',"
                  + " 'lake.warehouse' and 'log.bootstrap' are all given and the server is not asked.");

  /** Prefixes of the options whose names end with a column or property. */
  static final List<String> PREFIXES =
      List.of(
          DIMENSION_PREFIX,
          TYPE_PREFIX,
          DEFAULT_PREFIX,
          INDEX_PREFIX,
          METRIC_PREFIX,
          PROPERTY_PREFIX,
          LAKE_PROPERTIES_PREFIX);

  private TidemarkOptions() {}

  /**
   * Where the server is.
   *
   * @throws ValidationException if an option is no address
   */
  public static Endpoint endpoint(ReadableConfig options) {
    try {
      Endpoint endpoint = Endpoint.of(options.get(ENDPOINT));
      return new Endpoint(
          endpoint.grpc(),
          options.getOptional(HTTP_ENDPOINT).orElse(endpoint.http()),
          options.getOptional(TOKEN).orElse(null));
    } catch (TidemarkException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  /**
   * Where log and lake are: as the server says, but for what the options say, completed by this
   * process's environment.
   *
   * @throws TidemarkException if the server has to be asked and cannot be reached
   */
  public static Stores stores(Endpoint endpoint, ReadableConfig options) {
    Optional<String> catalog = options.getOptional(LAKE_CATALOG);
    Optional<String> warehouse = options.getOptional(LAKE_WAREHOUSE);
    Optional<String> bootstrap = options.getOptional(LOG_BOOTSTRAP);
    Map<String, String> properties = new HashMap<>();
    if (catalog.isPresent() && warehouse.isPresent() && bootstrap.isPresent()) {
      properties.putAll(lakeProperties(options));
      LogConfig log = LogConfig.of(bootstrap.get());
      return new Stores(
          new LogConfig(
              bootstrap.get(), log.dataTopic(), log.controlTopic(), options.get(LOG_PCHANNELS)),
          LakeConfig.jdbc(catalog.get(), warehouse.get(), properties, null));
    }
    Stores told;
    try (TidemarkClient client = TidemarkClient.connect(endpoint)) {
      told = client.stores();
    }
    properties.putAll(told.lake().properties());
    properties.putAll(lakeProperties(options));
    LogConfig log = told.log();
    return new Stores(
        new LogConfig(
            bootstrap.orElse(log.bootstrapServers()),
            log.dataTopic(),
            log.controlTopic(),
            log.pchannels()),
        LakeConfig.jdbc(
            catalog.orElse(told.lake().catalogUri()),
            warehouse.orElse(told.lake().warehouse()),
            properties,
            null));
  }

  private static Map<String, String> lakeProperties(ReadableConfig options) {
    return options instanceof Configuration all
        ? withPrefix(all.toMap(), LAKE_PROPERTIES_PREFIX)
        : Map.of();
  }

  /** Those that begin with the prefix, without it. */
  static Map<String, String> withPrefix(Map<String, String> options, String prefix) {
    Map<String, String> found = new HashMap<>();
    options.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        found.put(key.substring(prefix.length()), value);
      }
    });
    return found;
  }
}
