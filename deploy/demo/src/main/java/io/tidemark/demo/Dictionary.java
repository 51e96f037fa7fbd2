package io.tidemark.demo;

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
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The collection of glosses, through the stock Milvus SDK and nothing else. */
final class Dictionary implements AutoCloseable {
  static final String COLLECTION = "reverse_dictionary";
  private static final String ID = "id";
  private static final String VECTOR = "embedding";
  private static final String WORDS = "words";
  private static final String MEANING = "meaning";

  private final MilvusClientV2 client;

  Dictionary(String address) {
    client = new MilvusClientV2(ConnectConfig.builder().uri("http://" + address).build());
  }

  boolean exists() {
    return client.hasCollection(HasCollectionReq.builder().collectionName(COLLECTION).build());
  }

  /** Makes the collection, with an index and loaded; one that is there is dropped. */
  void create() {
    if (exists()) {
      client.dropCollection(DropCollectionReq.builder().collectionName(COLLECTION).build());
    }
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName(ID).dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName(VECTOR)
            .dataType(DataType.FloatVector)
            .dimension(Embedder.DIMENSION)
            .build());
    schema.addField(
        AddFieldReq.builder().fieldName(WORDS).dataType(DataType.VarChar).maxLength(1_000).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName(MEANING)
            .dataType(DataType.VarChar)
            .maxLength(4_000)
            .build());
    IndexParam index =
        IndexParam.builder()
            .fieldName(VECTOR)
            .indexType(IndexParam.IndexType.AUTOINDEX)
            .metricType(IndexParam.MetricType.COSINE)
            .build();
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(COLLECTION)
            .description("WordNet noun glosses")
            .collectionSchema(schema)
            .indexParams(List.of(index))
            .consistencyLevel(ConsistencyLevel.BOUNDED)
            .build());
  }

  void insert(List<Gloss> glosses, List<float[]> vectors) {
    List<JsonObject> rows = new ArrayList<>(glosses.size());
    for (int i = 0; i < glosses.size(); i++) {
      JsonObject row = new JsonObject();
      row.addProperty(ID, glosses.get(i).id());
      row.add(VECTOR, new com.google.gson.Gson().toJsonTree(vectors.get(i)));
      row.addProperty(WORDS, glosses.get(i).words());
      row.addProperty(MEANING, glosses.get(i).text());
      rows.add(row);
    }
    client.insert(InsertReq.builder().collectionName(COLLECTION).data(rows).build());
  }

  /** Everything inserted is committed and then indexed, without waiting for a segment's worth. */
  void flush() {
    client.flush(FlushReq.builder().collectionNames(List.of(COLLECTION)).build());
  }

  void delete(long id) {
    client.delete(DeleteReq.builder().collectionName(COLLECTION).ids(List.of(id)).build());
  }

  /** Live rows, everything acknowledged included. */
  long count() {
    Object count =
        client
            .query(
                QueryReq.builder()
                    .collectionName(COLLECTION)
                    .outputFields(List.of("count(*)"))
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getQueryResults()
            .getFirst()
            .getEntity()
            .get("count(*)");
    return ((Number) Objects.requireNonNull(count, "a count query without a count")).longValue();
  }

  DescribeIndexResp.IndexDesc index() {
    return client
        .describeIndex(
            DescribeIndexReq.builder().collectionName(COLLECTION).fieldName(VECTOR).build())
        .getIndexDescriptions()
        .getFirst();
  }

  List<SearchResp.SearchResult> nearest(
      float[] vector, int limit, ConsistencyLevel consistency, List<String> outputFields) {
    return client
        .search(
            SearchReq.builder()
                .collectionName(COLLECTION)
                .annsField(VECTOR)
                .data(List.of(new FloatVec(vector)))
                .limit(limit)
                .outputFields(outputFields)
                .consistencyLevel(consistency)
                .build())
        .getSearchResults()
        .getFirst();
  }

  /** The words whose meaning is nearest, each with its meaning and score. */
  List<String> answers(float[] vector, int limit) {
    List<String> lines = new ArrayList<>();
    for (SearchResp.SearchResult hit :
        nearest(vector, limit, ConsistencyLevel.BOUNDED, List.of(WORDS, MEANING))) {
      lines.add(
          String.format(
              "%.3f  %s: %s",
              hit.getScore(), hit.getEntity().get(WORDS), hit.getEntity().get(MEANING)));
    }
    return lines;
  }

  @Override
  public void close() {
    client.close();
  }
}
