package io.tidemark.tests.benchmark;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.HasCollectionReq;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.response.DescribeIndexResp;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The server under measurement, through the stock Milvus SDK. */
final class Target implements AutoCloseable {
  static final String COLLECTION = "benchmark";

  private final MilvusClientV2 client;

  Target(String host, int port) {
    client = new MilvusClientV2(ConnectConfig.builder().uri("http://" + host + ":" + port).build());
  }

  void create(int dimension, String metric, String indexType) {
    if (client.hasCollection(HasCollectionReq.builder().collectionName(COLLECTION).build())) {
      client.dropCollection(DropCollectionReq.builder().collectionName(COLLECTION).build());
    }
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("vector")
            .dataType(DataType.FloatVector)
            .dimension(dimension)
            .build());
    schema.addField(AddFieldReq.builder().fieldName("attr").dataType(DataType.Int64).build());
    IndexParam index =
        IndexParam.builder()
            .fieldName("vector")
            .indexType(IndexParam.IndexType.valueOf(indexType))
            .metricType(IndexParam.MetricType.valueOf(metric))
            .extraParams(
                indexType.equals("HNSW") ? Map.of("M", 16, "efConstruction", 100) : Map.of())
            .build();
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(COLLECTION)
            .collectionSchema(schema)
            .indexParams(List.of(index))
            .consistencyLevel(ConsistencyLevel.BOUNDED)
            .build());
  }

  void insert(Dataset dataset, int from, int to) {
    List<JsonObject> rows = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      JsonObject row = new JsonObject();
      row.addProperty("id", i);
      row.addProperty("attr", dataset.attribute(i));
      JsonArray vector = new JsonArray(dataset.dimension());
      for (float value : dataset.base()[i]) {
        vector.add(value);
      }
      row.add("vector", vector);
      rows.add(row);
    }
    client.insert(InsertReq.builder().collectionName(COLLECTION).data(rows).build());
  }

  void flush() {
    client.flush(FlushReq.builder().collectionNames(List.of(COLLECTION)).build());
  }

  /** Rows that searches find in an index, of all rows. */
  long[] indexed() {
    DescribeIndexResp.IndexDesc index =
        client
            .describeIndex(
                DescribeIndexReq.builder().collectionName(COLLECTION).fieldName("vector").build())
            .getIndexDescriptions()
            .getFirst();
    return new long[] {index.getIndexedRows(), index.getTotalRows()};
  }

  List<SearchResp.SearchResult> search(
      float[] query, int k, int percent, Map<String, Object> params, ConsistencyLevel consistency) {
    return client
        .search(
            SearchReq.builder()
                .collectionName(COLLECTION)
                .annsField("vector")
                .data(List.of(new FloatVec(query)))
                .limit(k)
                .filter(percent == 100 ? "" : "attr < " + percent)
                .searchParams(params)
                .consistencyLevel(consistency)
                .build())
        .getSearchResults()
        .getFirst();
  }

  @Override
  public void close() {
    client.close();
  }
}
