package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.ScalarIndex;
import io.tidemark.connectors.row.FieldTypes;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.table.TidemarkOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.util.TimeUtils;

/**
 * A collection as a table: with options that, given to CREATE TABLE, make the same collection
 * again.
 */
final class DescribedTable {
  static final String TTL_PROPERTY = "collection.ttl.seconds";

  private DescribedTable() {}

  /**
   * @param name of the table: the collection's, or an alias
   */
  static CatalogTable of(
      Endpoint endpoint,
      String name,
      CollectionDescription collection,
      List<ScalarIndex> scalarIndexes) {
    return CatalogTable.newBuilder()
        .schema(schema(collection))
        .comment(collection.description())
        .options(options(endpoint, name, collection, scalarIndexes))
        .build();
  }

  private static Schema schema(CollectionDescription collection) {
    Schema.Builder schema = Schema.newBuilder();
    for (FieldSchema field : collection.schema().fields()) {
      if (!field.dynamic()) {
        schema.column(
            field.name(), TypeConversions.fromLogicalToDataType(FieldTypes.logicalType(field)));
        if (!field.description().isEmpty()) {
          schema.withComment(field.description());
        }
      }
    }
    if (collection.schema().dynamic()) {
      MetadataColumns.add(FieldSchema.DYNAMIC_NAME, schema);
    }
    MetadataColumns.kept(collection.properties())
        .forEach(metadata -> MetadataColumns.add(metadata, schema));
    return schema.primaryKey(collection.schema().primaryKey().name()).build();
  }

  private static Map<String, String> options(
      Endpoint endpoint,
      String name,
      CollectionDescription collection,
      List<ScalarIndex> scalarIndexes) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("connector", TidemarkOptions.IDENTIFIER);
    options.put(TidemarkOptions.ENDPOINT.key(), endpoint.grpc());
    options.put(TidemarkOptions.HTTP_ENDPOINT.key(), endpoint.http());
    options.put(TidemarkOptions.DATABASE.key(), collection.database());
    options.put(TidemarkOptions.COLLECTION.key(), name);
    if (collection.schema().primaryKey().autoId()) {
      options.put(TidemarkOptions.AUTO_ID.key(), "true");
    }
    if (collection.schema().dynamic()) {
      options.put(TidemarkOptions.DYNAMIC.key(), "true");
    }
    if (collection.shards() != TidemarkOptions.SHARDS.defaultValue()) {
      options.put(TidemarkOptions.SHARDS.key(), String.valueOf(collection.shards()));
    }
    if (collection.consistency() != ConsistencyLevel.BOUNDED) {
      options.put(TidemarkOptions.CONSISTENCY.key(), collection.consistency().name());
    }
    collection.schema().fields().stream()
        .filter(field -> !field.dynamic())
        .forEach(field -> options.putAll(options(field)));
    collection.indexes().forEach(index -> options.putAll(options(index)));
    for (ScalarIndex index : scalarIndexes) {
      options.put(
          TidemarkOptions.INDEX_PREFIX + index.field(),
          index.type().isEmpty() ? "AUTOINDEX" : index.type());
      parameters(index.field(), index.parameters(), options);
    }
    options.putAll(options(collection.properties()));
    return options;
  }

  /** Those that make the field what it is, beyond its column's type. */
  static Map<String, String> options(FieldSchema field) {
    Map<String, String> options = new TreeMap<>();
    if (field.type().hasDimension()) {
      options.put(
          TidemarkOptions.DIMENSION_PREFIX + field.name(), String.valueOf(field.dimension()));
    }
    if (field.type() == DataType.JSON) {
      options.put(TidemarkOptions.TYPE_PREFIX + field.name(), "JSON");
    }
    if (field.type().isHalfVector()) {
      options.put(
          TidemarkOptions.TYPE_PREFIX + field.name(), field.type().name().replace("_VECTOR", ""));
    }
    if (field.defaultValue() != null) {
      options.put(
          TidemarkOptions.DEFAULT_PREFIX + field.name(), String.valueOf(field.defaultValue()));
    }
    return options;
  }

  /** Those that make the index again. */
  static Map<String, String> options(IndexDefinition index) {
    Map<String, String> options = new TreeMap<>();
    options.put(TidemarkOptions.INDEX_PREFIX + index.fieldName(), index.type().name());
    options.put(TidemarkOptions.METRIC_PREFIX + index.fieldName(), index.metric().name());
    parameters(index.fieldName(), index.parameters(), options);
    return options;
  }

  private static void parameters(
      String field, Map<String, String> parameters, Map<String, String> options) {
    if (!parameters.isEmpty()) {
      options.put(
          TidemarkOptions.INDEX_PARAMS_PREFIX + field,
          new TreeMap<>(parameters)
              .entrySet().stream()
                  .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                  .collect(Collectors.joining(",")));
    }
  }

  private static Map<String, String> options(Map<String, String> properties) {
    Map<String, String> options = new TreeMap<>();
    properties.forEach((key, value) -> {
      if (key.equals(TTL_PROPERTY) && value.matches("[1-9]\\d*")) {
        options.put(
            TidemarkOptions.TTL.key(),
            TimeUtils.formatWithHighestUnit(Duration.ofSeconds(Long.parseLong(value))));
      } else if (!key.startsWith(KeptOptions.PREFIX)) {
        options.put(TidemarkOptions.PROPERTY_PREFIX + key, value);
      }
    });
    options.putAll(KeptOptions.options(properties));
    return options;
  }
}
