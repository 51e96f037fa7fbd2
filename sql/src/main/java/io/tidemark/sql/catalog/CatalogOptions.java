package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.sql.table.TidemarkOptions;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of {@code CREATE CATALOG … WITH ('type'='tidemark', …)}. */
public final class CatalogOptions {
  public static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key(TidemarkOptions.ENDPOINT.key())
          .stringType()
          .defaultValue(Endpoint.DEFAULT_GRPC)
          .withDescription("host:port of the gRPC endpoint.");

  public static final ConfigOption<String> HTTP_ENDPOINT = TidemarkOptions.HTTP_ENDPOINT;

  public static final ConfigOption<String> TOKEN =
      ConfigOptions.key(TidemarkOptions.TOKEN.key())
          .stringType()
          .noDefaultValue()
          .withDescription(
              "'user:password' or an API key, sent with each request; tables do not show it.");

  public static final ConfigOption<String> DEFAULT_DATABASE =
      ConfigOptions.key("default-database")
          .stringType()
          .defaultValue("default")
          .withDescription("Database in use after USE CATALOG.");

  public static final ConfigOption<String> LAKE_CATALOG = TidemarkOptions.LAKE_CATALOG;
  public static final ConfigOption<String> LAKE_WAREHOUSE = TidemarkOptions.LAKE_WAREHOUSE;
  public static final ConfigOption<String> LAKE_PROPERTIES = TidemarkOptions.LAKE_PROPERTIES;
  public static final ConfigOption<String> LOG_BOOTSTRAP = TidemarkOptions.LOG_BOOTSTRAP;
  public static final ConfigOption<Integer> LOG_PCHANNELS = TidemarkOptions.LOG_PCHANNELS;

  /** What all tables of the catalog inherit. */
  static final List<ConfigOption<?>> INHERITED =
      List.of(LAKE_CATALOG, LAKE_WAREHOUSE, LOG_BOOTSTRAP, LOG_PCHANNELS);

  private CatalogOptions() {}
}
