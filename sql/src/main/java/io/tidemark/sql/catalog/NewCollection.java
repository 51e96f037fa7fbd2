package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.CollectionCalls;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.table.TidemarkOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.Column.MetadataColumn;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A collection that CREATE TABLE describes, checked as far as can be without the server. */
record NewCollection(
    CollectionSchema schema,
    List<IndexRequest> indexes,
    int shards,
    ConsistencyLevel consistency,
    Map<String, String> properties) {
  private static final Logger LOG = LoggerFactory.getLogger(NewCollection.class);

  /**
   * @param endpoint of the catalog
   * @throws ValidationException naming the column or option, and the way out
   */
  static NewCollection of(ResolvedCatalogTable table, Endpoint endpoint) {
    Map<String, String> options = table.getOptions();
    options.keySet().forEach(KeptOptions::check);
    Configuration configuration = Configuration.fromMap(options);
    checkPlace(options, endpoint);
    checkShape(table);
    ResolvedSchema columns = table.getResolvedSchema();
    String key = primaryKey(columns);
    List<FieldSchema> fields = new ArrayList<>();
    for (Column column : columns.getColumns()) {
      if (column.isPhysical()) {
        fields.add(
            FieldDefinition.of(
                column,
                options,
                FieldSchema.FIRST_ID + fields.size(),
                column.getName().equals(key),
                configuration.get(TidemarkOptions.AUTO_ID)));
      }
    }
    checkColumnOptions(options, fields);
    checkVectors(fields);
    List<String> metadata = MetadataColumns.kept(columns.getColumns());
    boolean dynamic =
        configuration.get(TidemarkOptions.DYNAMIC)
            || columns.getColumns().stream()
                .anyMatch(column -> column.getName().equals(FieldSchema.DYNAMIC_NAME));
    List<IndexRequest> indexes =
        fields.stream().flatMap(field -> IndexRequest.of(field, options).stream()).toList();
    if (dynamic) {
      fields.add(FieldSchema.dynamicField(FieldSchema.FIRST_ID + fields.size()));
    }
    try {
      return new NewCollection(
          new CollectionSchema(
              table.getComment() == null ? "" : table.getComment(), dynamic, 0, fields),
          indexes,
          configuration.get(TidemarkOptions.SHARDS),
          configuration.get(TidemarkOptions.CONSISTENCY),
          properties(options, configuration, metadata));
    } catch (TidemarkException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  private static void checkPlace(Map<String, String> options, Endpoint endpoint) {
    String connector = options.getOrDefault("connector", TidemarkOptions.IDENTIFIER);
    if (!connector.equals(TidemarkOptions.IDENTIFIER)) {
      throw new ValidationException(
          "option 'connector' is '"
              + connector
              + "', but this catalog holds Tidemark's collections: make it a CREATE TEMPORARY TABLE, or"
              + " create it in another catalog, such as default_catalog");
    }
    String given = options.get(TidemarkOptions.ENDPOINT.key());
    if (given != null && !Endpoint.of(given).grpc().equals(endpoint.grpc())) {
      throw new ValidationException(
          "option 'endpoint' is '"
              + given
              + "', but this catalog is of "
              + endpoint.grpc()
              + ": leave the option out, or create the table in a catalog of the other server");
    }
  }

  private static void checkShape(ResolvedCatalogTable table) {
    ResolvedSchema schema = table.getResolvedSchema();
    if (table.isPartitioned()) {
      throw new ValidationException(
          "PARTITIONED BY "
              + table.getPartitionKeys()
              + ": leave it out; the metadata column `partition` STRING METADATA says a row's partition");
    }
    if (table.getDistribution().isPresent()) {
      throw new ValidationException(
          "DISTRIBUTED: leave it out; rows are spread by key over as many shards as option 'shards' says");
    }
    if (!schema.getWatermarkSpecs().isEmpty()) {
      throw new ValidationException(
          "column '"
              + schema.getWatermarkSpecs().getFirst().getRowtimeAttribute()
              + "' has a WATERMARK, which a collection cannot keep: declare it in a CREATE TEMPORARY TABLE"
              + " … (WATERMARK FOR …) LIKE this table");
    }
    for (Column column : schema.getColumns()) {
      if (!column.isPhysical() && !(column instanceof MetadataColumn)) {
        throw new ValidationException(
            "column '"
                + column.getName()
                + "' is computed, which a collection cannot keep: declare it in a temporary view");
      }
    }
  }

  private static String primaryKey(ResolvedSchema columns) {
    List<String> key =
        columns.getPrimaryKeyIndexes().length == 0
            ? List.of()
            : columns.getPrimaryKey().orElseThrow().getColumns();
    if (key.size() != 1) {
      throw new ValidationException(
          (key.isEmpty() ? "the table has no primary key" : "the primary key has columns " + key)
              + ", a collection has exactly one: declare PRIMARY KEY (id) NOT ENFORCED on a column"
              + " that is BIGINT or VARCHAR"
              + (key.isEmpty() ? "" : ", for example one that joins the others with CONCAT"));
    }
    return key.getFirst();
  }

  /** An option of a column that is not there is most often a typing error. */
  private static void checkColumnOptions(Map<String, String> options, List<FieldSchema> fields) {
    List<String> names = fields.stream().map(FieldSchema::name).toList();
    for (String key : options.keySet()) {
      ColumnOption.of(key)
          .filter(option -> !names.contains(option.column()))
          .ifPresent(option -> {
            throw new ValidationException(
                "option '"
                    + key
                    + "' is about column '"
                    + option.column()
                    + "', which the table does not have; its columns are "
                    + names);
          });
    }
  }

  private static void checkVectors(List<FieldSchema> fields) {
    if (fields.stream().noneMatch(field -> field.type().isVector())) {
      throw new ValidationException(
          "the table has no vector: add a column of type ARRAY<FLOAT> and its dimension, such as"
              + " `v` ARRAY<FLOAT> and 'dim.v'='768'");
    }
  }

  private static Map<String, String> properties(
      Map<String, String> options, Configuration configuration, List<String> metadata) {
    Map<String, String> properties = new TreeMap<>(KeptOptions.properties(options));
    options.forEach((key, value) -> {
      if (key.startsWith(TidemarkOptions.PROPERTY_PREFIX)) {
        properties.put(key.substring(TidemarkOptions.PROPERTY_PREFIX.length()), value);
      }
    });
    configuration
        .getOptional(TidemarkOptions.TTL)
        .ifPresent(
            ttl -> properties.put(DescribedTable.TTL_PROPERTY, String.valueOf(ttl.toSeconds())));
    if (!metadata.isEmpty()) {
      properties.put(KeptOptions.METADATA_COLUMNS, String.join(",", metadata));
    }
    return properties;
  }

  /** With its indexes, and loaded; nothing is left behind if that fails. */
  void create(CollectionCalls collections, String database, String name) {
    collections.create(database, name, schema, shards, consistency, properties);
    try {
      indexes.forEach(index -> index.create(collections, database, name));
      collections.load(database, name);
    } catch (RuntimeException e) {
      try {
        collections.drop(database, name);
      } catch (TidemarkException left) {
        LOG.warn("Collection stays without its indexes collection={}.{}", database, name, left);
        e.addSuppressed(left);
      }
      throw e;
    }
  }
}
