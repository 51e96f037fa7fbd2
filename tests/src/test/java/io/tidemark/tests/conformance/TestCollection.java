package io.tidemark.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.BaseVector;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.InsertResp;
import io.milvus.v2.service.vector.response.QueryResp;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A collection of one test's own. Its reads are Strong. */
public record TestCollection(MilvusClientV2 client, String name) {
  private static final AtomicInteger NAMES = new AtomicInteger();

  /** A name that no other test has. */
  public static String unique(String prefix) {
    return prefix + "_" + NAMES.incrementAndGet();
  }

  /** Key {@code id} INT64, {@code vector}, dynamic fields, COSINE, loaded. */
  public static TestCollection quick(MilvusClientV2 client, int dimension) {
    String name = unique("quick");
    client.createCollection(
        CreateCollectionReq.builder().collectionName(name).dimension(dimension).build());
    return new TestCollection(client, name);
  }

  /** With this schema; with indexes it is loaded too. */
  public static TestCollection create(
      MilvusClientV2 client, CollectionSchema schema, IndexParam... indexes) {
    String name = unique("made");
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(name)
            .collectionSchema(schema)
            .indexParams(List.of(indexes))
            .build());
    return new TestCollection(client, name);
  }

  public InsertResp insert(JsonObject... rows) {
    return insert(Arrays.asList(rows));
  }

  public InsertResp insert(List<JsonObject> rows) {
    return client.insert(InsertReq.builder().collectionName(name).data(rows).build());
  }

  public void upsert(JsonObject... rows) {
    client.upsert(UpsertReq.builder().collectionName(name).data(Arrays.asList(rows)).build());
  }

  public void createIndex(IndexParam index) {
    client.createIndex(
        CreateIndexReq.builder().collectionName(name).indexParams(List.of(index)).build());
  }

  public void flush() {
    client.flush(FlushReq.builder().collectionNames(List.of(name)).build());
  }

  /** Builders that know the collection and read Strong; the caller adds the rest. */
  public QueryReq.QueryReqBuilder query() {
    return QueryReq.builder().collectionName(name).consistencyLevel(ConsistencyLevel.STRONG);
  }

  public SearchReq.SearchReqBuilder search(float[]... queries) {
    return SearchReq.builder()
        .collectionName(name)
        .data(Stream.of(queries).<BaseVector>map(query -> new FloatVec(query)).toList())
        .consistencyLevel(ConsistencyLevel.STRONG);
  }

  /** The rows that pass, with these fields. */
  public List<Map<String, Object>> rows(String filter, String... fields) {
    return client
        .query(query().filter(filter).outputFields(List.of(fields)).build())
        .getQueryResults()
        .stream()
        .map(QueryResp.QueryResult::getEntity)
        .toList();
  }

  /** The INT64 keys, called {@code id}, of the rows that pass. */
  public List<Long> ids(String filter) {
    return rows(filter, "id").stream().map(row -> (Long) row.get("id")).toList();
  }

  public long count() {
    return (Long) rows("", "count(*)").getFirst().get("count(*)");
  }

  public List<SearchResp.SearchResult> hits(SearchReq.SearchReqBuilder search) {
    return client.search(search.build()).getSearchResults().getFirst();
  }

  public static SearchResp.SearchResult only(List<SearchResp.SearchResult> hits) {
    assertThat(hits).hasSize(1);
    return hits.getFirst();
  }

  public static List<Object> idsOf(List<SearchResp.SearchResult> hits) {
    return hits.stream().map(SearchResp.SearchResult::getId).toList();
  }
}
