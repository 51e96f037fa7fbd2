package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.sql.system.SystemTables;
import io.tidemark.sql.table.TidemarkTableFactory;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;

/** The factory of a catalog's tables: collections, and the system tables behind them. */
final class CatalogTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
  private final Endpoint endpoint;
  private final Map<String, String> inherited;
  private final DynamicTableSinkFactory collections;

  CatalogTableFactory(Endpoint endpoint, String catalog, Map<String, String> inherited) {
    this.endpoint = endpoint;
    this.inherited = inherited;
    this.collections = new TidemarkTableFactory(endpoint, catalog, inherited);
  }

  private static boolean isSystem(Context context) {
    return SystemTables.isOne(context.getCatalogTable().getOptions());
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    if (isSystem(context)) {
      return SystemTables.source(
          endpoint,
          inherited,
          context.getObjectIdentifier().getDatabaseName(),
          context.getObjectIdentifier().getObjectName());
    }
    if (collections instanceof DynamicTableSourceFactory readable) {
      return readable.createDynamicTableSource(context);
    }
    throw new ValidationException(
        "collection '"
            + context.getObjectIdentifier().getObjectName()
            + "' can be written but not read as a table");
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    if (isSystem(context)) {
      throw new ValidationException(
          "'"
              + context.getObjectIdentifier().getObjectName()
              + "' is a system table and only to be read");
    }
    return collections.createDynamicTableSink(context);
  }

  @Override
  public String factoryIdentifier() {
    return collections.factoryIdentifier();
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return collections.requiredOptions();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return collections.optionalOptions();
  }

  @Override
  public Set<ConfigOption<?>> forwardOptions() {
    return collections.forwardOptions();
  }
}
