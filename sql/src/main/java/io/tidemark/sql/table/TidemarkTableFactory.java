package io.tidemark.sql.table;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.model.error.TidemarkException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.jspecify.annotations.Nullable;

/**
 * Tables with {@code 'connector'='tidemark'}: a collection, which must exist. Found by its name in
 * any catalog; Tidemark's own catalog has one that knows where the server is.
 */
public final class TidemarkTableFactory
    implements DynamicTableSourceFactory, DynamicTableSinkFactory {
  private final @Nullable Endpoint endpoint;
  private final @Nullable String catalog;
  private final Map<String, String> inherited;

  /** For tables of other catalogs, whose options say where the server is. */
  public TidemarkTableFactory() {
    this(null, null, Map.of());
  }

  /**
   * For tables of Tidemark's catalog.
   *
   * @param endpoint of the catalog, used by tables that name the same or none
   * @param catalog its name
   * @param inherited options that tables have unless they say otherwise
   */
  public TidemarkTableFactory(
      @Nullable Endpoint endpoint, @Nullable String catalog, Map<String, String> inherited) {
    this.endpoint = endpoint;
    this.catalog = catalog;
    this.inherited = Map.copyOf(inherited);
  }

  @Override
  public String factoryIdentifier() {
    return TidemarkOptions.IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return new HashSet<>(TableOptions.all());
  }

  @Override
  public Set<ConfigOption<?>> forwardOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    ReadableConfig options = options(context);
    boolean streaming =
        context.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)
            == RuntimeExecutionMode.STREAMING;
    return new TidemarkTableSource(target(context, options), options, streaming);
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    ReadableConfig options = options(context);
    return new TidemarkTableSink(target(context, options), options);
  }

  private ReadableConfig options(Context context) {
    FactoryUtil.createTableFactoryHelper(this, context)
        .validateExcept(TidemarkOptions.PREFIXES.toArray(String[]::new));
    Map<String, String> all = new HashMap<>(isOfCatalog(context) ? inherited : Map.of());
    all.putAll(context.getCatalogTable().getOptions());
    return Configuration.fromMap(all);
  }

  private TableTarget target(Context context, ReadableConfig options) {
    Endpoint server = endpoint(options);
    boolean ours = isOfCatalog(context);
    String database =
        ours
            ? context.getObjectIdentifier().getDatabaseName()
            : options.get(TidemarkOptions.DATABASE);
    String collection =
        ours
            ? context.getObjectIdentifier().getObjectName()
            : options
                .getOptional(TidemarkOptions.COLLECTION)
                .orElse(context.getObjectIdentifier().getObjectName());
    ResolvedSchema schema = context.getCatalogTable().getResolvedSchema();
    return new TableTarget(
        server, database, collection, describe(server, database, collection), schema);
  }

  /** A temporary table may lie in the catalog's name space and still be about anything. */
  private boolean isOfCatalog(Context context) {
    return context.getObjectIdentifier().getCatalogName().equals(catalog) && !context.isTemporary();
  }

  /** The catalog's own has a token, which no table tells. */
  private Endpoint endpoint(ReadableConfig options) {
    if (endpoint == null) {
      return TidemarkOptions.endpoint(options);
    }
    boolean another =
        options.getOptional(TidemarkOptions.ENDPOINT).isPresent()
            && !TidemarkOptions.endpoint(options).grpc().equals(endpoint.grpc());
    return another ? TidemarkOptions.endpoint(options) : endpoint;
  }

  private static CollectionDescription describe(
      Endpoint server, String database, String collection) {
    try (TidemarkClient client = TidemarkClient.connect(server)) {
      return client.describe(database, collection);
    } catch (TidemarkException e) {
      throw new ValidationException(
          "table of collection '"
              + database
              + "."
              + collection
              + "' of "
              + server.grpc()
              + ": "
              + e.getMessage(),
          e);
    }
  }
}
