package io.tidemark.sql.table;

import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.search.VectorSearchProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.VectorSearchTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.types.DataType;

/** A collection as something that Flink's VECTOR_SEARCH can search. */
final class TidemarkTableSource implements VectorSearchTableSource, SupportsReadingMetadata {
  private final TableTarget target;
  private final ReadableConfig options;
  private List<String> metadata = List.of();

  TidemarkTableSource(TableTarget target, ReadableConfig options) {
    this.target = target;
    this.options = options;
  }

  @Override
  public Map<String, DataType> listReadableMetadata() {
    Map<String, DataType> columns = new LinkedHashMap<>();
    if (target.description().schema().dynamic()) {
      columns.put(FieldSchema.DYNAMIC_NAME, DataTypes.STRING());
    }
    return columns;
  }

  @Override
  public void applyReadableMetadata(List<String> keys, DataType produced) {
    metadata = List.copyOf(keys);
  }

  @Override
  public VectorSearchRuntimeProvider getSearchRuntimeProvider(VectorSearchContext context) {
    List<String> columns = new ArrayList<>();
    target.schema().getColumns().stream()
        .filter(Column::isPhysical)
        .forEach(column -> columns.add(column.getName()));
    columns.addAll(metadata);
    return VectorSearchProvider.of(
        target.endpoint(), target.collection(), target.description(), columns, options, context);
  }

  @Override
  public DynamicTableSource copy() {
    TidemarkTableSource copy = new TidemarkTableSource(target, options);
    copy.metadata = metadata;
    return copy;
  }

  @Override
  public String asSummaryString() {
    return "Tidemark " + target.database() + "." + target.collection();
  }
}
