package io.tidemark.tests.objectstore;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.BaseVector;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.QueryResp;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A collection whose rows follow from their keys and versions. */
final class Books {
  static final String NAME = "books";
  private static final int DIMENSION = 16;

  private Books() {}

  static void create(MilvusClientV2 client) {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(AddFieldReq.builder().fieldName("version").dataType(DataType.Int64).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("vector")
            .dataType(DataType.FloatVector)
            .dimension(DIMENSION)
            .build());
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(NAME)
            .collectionSchema(schema)
            .numShards(1)
            .indexParams(
                List.of(
                    IndexParam.builder()
                        .fieldName("vector")
                        .indexType(IndexParam.IndexType.HNSW)
                        .metricType(IndexParam.MetricType.L2)
                        .build()))
            .build());
  }

  static void upsert(MilvusClientV2 client, long from, long to, long version) {
    List<JsonObject> rows = new ArrayList<>();
    for (long key = from; key < to; key++) {
      JsonObject row = new JsonObject();
      row.addProperty("id", key);
      row.addProperty("version", version);
      JsonArray vector = new JsonArray();
      for (float value : vector(key, version)) {
        vector.add(value);
      }
      row.add("vector", vector);
      rows.add(row);
    }
    client.upsert(UpsertReq.builder().collectionName(NAME).data(rows).build());
  }

  static void flush(MilvusClientV2 client) {
    client.flush(FlushReq.builder().collectionNames(List.of(NAME)).build());
  }

  static float[] vector(long key, long version) {
    Random random = new Random(key * 1_000_003 + version);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = random.nextFloat();
    }
    return vector;
  }

  /** All rows, version by key. */
  static Map<Long, Long> rows(MilvusClientV2 client) {
    Map<Long, Long> rows = new TreeMap<>();
    for (QueryResp.QueryResult result :
        client
            .query(
                QueryReq.builder()
                    .collectionName(NAME)
                    .filter("id >= 0")
                    .limit(16_000)
                    .outputFields(List.of("id", "version"))
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getQueryResults()) {
      rows.put((Long) result.getEntity().get("id"), (Long) result.getEntity().get("version"));
    }
    return rows;
  }

  /** The keys nearest to those rows' vectors, five each. */
  static List<List<Object>> nearest(MilvusClientV2 client, long version, long... keys) {
    List<BaseVector> queries = new ArrayList<>();
    for (long key : keys) {
      queries.add(new FloatVec(vector(key, version)));
    }
    List<List<Object>> nearest = new ArrayList<>();
    for (List<SearchResp.SearchResult> hits :
        client
            .search(
                SearchReq.builder()
                    .collectionName(NAME)
                    .data(queries)
                    .limit(5)
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getSearchResults()) {
      nearest.add(hits.stream().map(SearchResp.SearchResult::getId).toList());
    }
    return nearest;
  }
}
