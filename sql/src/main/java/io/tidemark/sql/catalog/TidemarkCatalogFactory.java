package io.tidemark.sql.catalog;

import io.tidemark.sql.table.TidemarkOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.factories.CatalogFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** {@code CREATE CATALOG … WITH ('type'='tidemark', 'endpoint'='host:port')}. */
public final class TidemarkCatalogFactory implements CatalogFactory {
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
    Set<ConfigOption<?>> options = new HashSet<>(CatalogOptions.INHERITED);
    options.add(CatalogOptions.ENDPOINT);
    options.add(CatalogOptions.HTTP_ENDPOINT);
    options.add(CatalogOptions.TOKEN);
    options.add(CatalogOptions.DEFAULT_DATABASE);
    return options;
  }

  @Override
  public Catalog createCatalog(Context context) {
    FactoryUtil.CatalogFactoryHelper helper = FactoryUtil.createCatalogFactoryHelper(this, context);
    helper.validateExcept(TidemarkOptions.LAKE_PROPERTIES_PREFIX);
    ReadableConfig options = helper.getOptions();
    Map<String, String> inherited = new HashMap<>();
    context
        .getOptions()
        .forEach((key, value) -> {
          if (key.startsWith(TidemarkOptions.LAKE_PROPERTIES_PREFIX)
              || CatalogOptions.INHERITED.stream().anyMatch(option -> option.key().equals(key))) {
            inherited.put(key, value);
          }
        });
    return new TidemarkCatalog(
        context.getName(),
        options.get(CatalogOptions.DEFAULT_DATABASE),
        TidemarkOptions.endpoint(options),
        inherited);
  }
}
