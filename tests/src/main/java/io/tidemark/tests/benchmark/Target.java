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
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/** A collection of the server under measurement, through the stock Milvus SDK. */
public final class Target implements AutoCloseable {
  private final MilvusClientV2 client;
  private final String collection;

  /**
   * @param address host and port
   */
  public Target(String address, String collection) {
    this.client = new MilvusClientV2(ConnectConfig.builder().uri("http://" + address).build());
    this.collection = collection;
  }

  /** In place of the one that there is. */
  public void create(int dimension, String metric, String indexType) {
    if (client.hasCollection(HasCollectionReq.builder().collectionName(collection).build())) {
      drop();
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
            .collectionName(collection)
            .collectionSchema(schema)
            .indexParams(List.of(index))
            .consistencyLevel(ConsistencyLevel.BOUNDED)
            .build());
  }

  public void drop() {
    client.dropCollection(DropCollectionReq.builder().collectionName(collection).build());
  }

  public void createPartition(String name) {
    client.createPartition(
        CreatePartitionReq.builder().collectionName(collection).partitionName(name).build());
  }

  void insert(Dataset dataset, int from, int to) {
    insert(from, to, row -> dataset.base()[row], dataset::attribute, "");
  }

  /**
   * Rows with their numbers as keys.
   *
   * @param partition empty for the default one
   */
  public void insert(
      int from,
      int to,
      IntFunction<float[]> vectors,
      IntUnaryOperator attributes,
      String partition) {
    List<JsonObject> rows = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      JsonObject row = new JsonObject();
      row.addProperty("id", i);
      row.addProperty("attr", attributes.applyAsInt(i));
      float[] values = vectors.apply(i);
      JsonArray vector = new JsonArray(values.length);
      for (float value : values) {
        vector.add(value);
      }
      row.add("vector", vector);
      rows.add(row);
    }
    client.insert(
        InsertReq.builder().collectionName(collection).partitionName(partition).data(rows).build());
  }

  /** Until all that was written is committed. */
  public void flush() {
    client.flush(FlushReq.builder().collectionNames(List.of(collection)).build());
  }

  /** Rows that searches find in an index, of all rows. */
  public long[] indexed() {
    DescribeIndexResp.IndexDesc index =
        client
            .describeIndex(
                DescribeIndexReq.builder().collectionName(collection).fieldName("vector").build())
            .getIndexDescriptions()
            .getFirst();
    return new long[] {index.getIndexedRows(), index.getTotalRows()};
  }

  public List<SearchResp.SearchResult> search(
      float[] query, int k, int percent, Map<String, Object> params, ConsistencyLevel consistency) {
    return client
        .search(
            SearchReq.builder()
                .collectionName(collection)
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
