package io.tidemark.connectors.client;

import io.milvus.grpc.AddCollectionFieldRequest;
import io.milvus.grpc.AlterCollectionRequest;
import io.milvus.grpc.CreateCollectionRequest;
import io.milvus.grpc.CreateIndexRequest;
import io.milvus.grpc.DescribeCollectionRequest;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.DescribeIndexRequest;
import io.milvus.grpc.DropCollectionRequest;
import io.milvus.grpc.GetCollectionStatisticsRequest;
import io.milvus.grpc.GetLoadStateRequest;
import io.milvus.grpc.IndexDescription;
import io.milvus.grpc.LoadCollectionRequest;
import io.milvus.grpc.LoadState;
import io.milvus.grpc.RenameCollectionRequest;
import io.milvus.grpc.ShowCollectionsRequest;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Collections of a running Tidemark; each call waits for its answer. Thread-safe. */
public final class CollectionCalls {
  private static final String INDEX_TYPE = "index_type";
  private static final String METRIC_TYPE = "metric_type";
  private static final String ROW_COUNT = "row_count";

  private final TidemarkClient client;

  CollectionCalls(TidemarkClient client) {
    this.client = client;
  }

  /** Names, without aliases. */
  public List<String> list(String database) {
    return List.copyOf(
        client
            .answer(
                MilvusMethods.SHOW_COLLECTIONS,
                ShowCollectionsRequest.newBuilder().setDbName(database).build())
            .getCollectionNamesList());
  }

  /**
   * @param collection or an alias of it
   * @throws TidemarkException COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  public CollectionDescription describe(String database, String collection) {
    DescribeCollectionResponse answer =
        client.answer(
            MilvusMethods.DESCRIBE_COLLECTION,
            DescribeCollectionRequest.newBuilder()
                .setDbName(database)
                .setCollectionName(collection)
                .build());
    CollectionSchema schema = WireSchemas.read(answer.getSchema());
    return new CollectionDescription(
        answer.getCollectionID(),
        answer.getDbName(),
        answer.getCollectionName(),
        schema,
        vectorIndexes(database, collection, schema),
        Math.max(1, answer.getShardsNum()),
        KeyValues.toMap(answer.getPropertiesList()),
        schema.description(),
        ConsistencyLevel.ofNumber(answer.getConsistencyLevelValue()));
  }

  /** Empty if there is no such collection or database. */
  public Optional<CollectionDescription> find(String database, String collection) {
    try {
      return Optional.of(describe(database, collection));
    } catch (TidemarkException e) {
      if (e.code() == ErrorCode.COLLECTION_NOT_FOUND || e.code() == ErrorCode.DATABASE_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private List<IndexDefinition> vectorIndexes(
      String database, String collection, CollectionSchema schema) {
    List<IndexDefinition> indexes = new ArrayList<>();
    for (IndexDescription index : indexes(database, collection)) {
      Optional<FieldSchema> field =
          schema.field(index.getFieldName()).filter(f -> f.type().isVector());
      if (field.isPresent()) {
        Map<String, String> parameters = KeyValues.toMap(index.getParamsList());
        String type = parameters.remove(INDEX_TYPE);
        String metric = parameters.remove(METRIC_TYPE);
        indexes.add(
            new IndexDefinition(
                index.getIndexID(),
                field.get().id(),
                field.get().name(),
                index.getIndexName(),
                type == null ? IndexType.AUTOINDEX : IndexType.parse(type),
                metric == null ? Metric.ofVectors(field.get().type()) : Metric.parse(metric),
                parameters));
      }
    }
    return indexes;
  }

  /** Indexes on fields that are no vectors. */
  public List<ScalarIndex> scalarIndexes(String database, CollectionDescription collection) {
    List<ScalarIndex> scalars = new ArrayList<>();
    for (IndexDescription index : indexes(database, collection.name())) {
      if (collection.indexOn(index.getFieldName()).isEmpty()) {
        Map<String, String> parameters = KeyValues.toMap(index.getParamsList());
        String type = parameters.remove(INDEX_TYPE);
        scalars.add(new ScalarIndex(index.getFieldName(), type == null ? "" : type, parameters));
      }
    }
    return scalars;
  }

  private List<IndexDescription> indexes(String database, String collection) {
    try {
      return client
          .answer(
              MilvusMethods.DESCRIBE_INDEX,
              DescribeIndexRequest.newBuilder()
                  .setDbName(database)
                  .setCollectionName(collection)
                  .build())
          .getIndexDescriptionsList();
    } catch (TidemarkException e) {
      if (e.code() == ErrorCode.INDEX_NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  /** Live rows, about: deletes count when they are compacted. */
  public long rowCount(String database, String collection) {
    Map<String, String> figures =
        KeyValues.toMap(
            client
                .answer(
                    MilvusMethods.COLLECTION_STATISTICS,
                    GetCollectionStatisticsRequest.newBuilder()
                        .setDbName(database)
                        .setCollectionName(collection)
                        .build())
                .getStatsList());
    return Long.parseLong(figures.getOrDefault(ROW_COUNT, "0"));
  }

  /** Whether it is loaded, or being loaded. */
  public boolean isLoadWanted(String database, String collection) {
    LoadState state =
        client
            .answer(
                MilvusMethods.LOAD_STATE,
                GetLoadStateRequest.newBuilder()
                    .setDbName(database)
                    .setCollectionName(collection)
                    .build())
            .getState();
    return state == LoadState.LoadStateLoaded || state == LoadState.LoadStateLoading;
  }

  /**
   * Creates a collection without indexes, not loaded.
   *
   * @param schema ids and version are the server's to give
   */
  public void create(
      String database,
      String collection,
      CollectionSchema schema,
      int shards,
      ConsistencyLevel consistency,
      Map<String, String> properties) {
    client.answer(
        MilvusMethods.CREATE_COLLECTION,
        CreateCollectionRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .setSchema(WireSchemas.write(collection, schema).toByteString())
            .setShardsNum(shards)
            .setConsistencyLevel(WireSchemas.level(consistency))
            .addAllProperties(KeyValues.toPairs(properties))
            .build());
  }

  /**
   * @param type of the index, such as HNSW
   * @param metric empty for a field that is no vector
   */
  public void createIndex(
      String database,
      String collection,
      String field,
      String type,
      String metric,
      Map<String, String> parameters) {
    Map<String, String> all = new HashMap<>(parameters);
    all.put(INDEX_TYPE, type);
    if (!metric.isEmpty()) {
      all.put(METRIC_TYPE, metric);
    }
    client.answer(
        MilvusMethods.CREATE_INDEX,
        CreateIndexRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .setFieldName(field)
            .addAllExtraParams(KeyValues.toPairs(new TreeMap<>(all)))
            .build());
  }

  /** Asks for it to be loaded; a large collection goes on loading after the answer. */
  public void load(String database, String collection) {
    client.answer(
        MilvusMethods.LOAD_COLLECTION,
        LoadCollectionRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .build());
  }

  /**
   * @param field nullable
   */
  public void addField(String database, String collection, FieldSchema field) {
    client.answer(
        MilvusMethods.ADD_FIELD,
        AddCollectionFieldRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .setSchema(WireSchemas.write(field).toByteString())
            .build());
  }

  /** Sets some properties and deletes others. */
  public void alter(
      String database, String collection, Map<String, String> set, Collection<String> delete) {
    client.answer(
        MilvusMethods.ALTER_COLLECTION,
        AlterCollectionRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .addAllProperties(KeyValues.toPairs(set))
            .addAllDeleteKeys(delete)
            .build());
  }

  public void rename(String database, String collection, String newName) {
    client.answer(
        MilvusMethods.RENAME_COLLECTION,
        RenameCollectionRequest.newBuilder()
            .setDbName(database)
            .setOldName(collection)
            .setNewName(newName)
            .build());
  }

  /** With everything it has; nothing if there is none. */
  public void drop(String database, String collection) {
    client.answer(
        MilvusMethods.DROP_COLLECTION,
        DropCollectionRequest.newBuilder()
            .setDbName(database)
            .setCollectionName(collection)
            .build());
  }
}
