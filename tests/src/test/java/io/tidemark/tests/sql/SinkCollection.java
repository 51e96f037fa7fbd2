package io.tidemark.tests.sql;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.response.QueryResp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A loaded collection of one test's own, made and read with the stock SDK; reads are Strong. */
record SinkCollection(MilvusClientV2 client, String name) {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final long ROWS_MAX = 16_384;

  /**
   * Key {@code id} INT64, {@code v} of dimension 2, and more.
   *
   * @param further adds fields to the schema
   */
  static SinkCollection create(
      MilvusClientV2 client, int shards, Consumer<CollectionSchema> further) {
    CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder().fieldName("v").dataType(DataType.FloatVector).dimension(2).build());
    further.accept(schema);
    return create(client, shards, schema);
  }

  /** The same with keys that the server makes, and {@code n} INT64. */
  static SinkCollection keyless(MilvusClientV2 client) {
    CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder()
            .fieldName("id")
            .dataType(DataType.Int64)
            .isPrimaryKey(true)
            .autoID(true)
            .build());
    schema.addField(
        AddFieldReq.builder().fieldName("v").dataType(DataType.FloatVector).dimension(2).build());
    schema.addField(field("n", DataType.Int64));
    return create(client, 1, schema);
  }

  static SinkCollection create(MilvusClientV2 client, int shards, CollectionSchema schema) {
    String name = "sink_" + NAMES.incrementAndGet();
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(name)
            .collectionSchema(schema)
            .numShards(shards)
            .indexParam(
                IndexParam.builder()
                    .fieldName("v")
                    .indexType(IndexParam.IndexType.AUTOINDEX)
                    .metricType(IndexParam.MetricType.L2)
                    .build())
            .build());
    return new SinkCollection(client, name);
  }

  static AddFieldReq field(String name, DataType type) {
    return AddFieldReq.builder().fieldName(name).dataType(type).build();
  }

  /** The rows that pass, at most 16,384. */
  List<Map<String, Object>> rows(String filter, String... fields) {
    return client
        .query(
            QueryReq.builder()
                .collectionName(name)
                .filter(filter)
                .outputFields(List.of(fields))
                .limit(ROWS_MAX)
                .consistencyLevel(ConsistencyLevel.STRONG)
                .build())
        .getQueryResults()
        .stream()
        .map(QueryResp.QueryResult::getEntity)
        .toList();
  }

  long count() {
    return (Long)
        client
            .query(
                QueryReq.builder()
                    .collectionName(name)
                    .filter("")
                    .outputFields(List.of("count(*)"))
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getQueryResults()
            .getFirst()
            .getEntity()
            .get("count(*)");
  }

  /** The INT64 field of every row by its key; fails if a key is there twice. */
  Map<Long, Long> numbers(String field) {
    Map<Long, Long> numbers = new HashMap<>();
    for (Map<String, Object> row : rows("id >= -9000000000", "id", field)) {
      if (numbers.put((Long) row.get("id"), (Long) row.get(field)) != null) {
        throw new AssertionError("key " + row.get("id") + " is there twice");
      }
    }
    return numbers;
  }
}
