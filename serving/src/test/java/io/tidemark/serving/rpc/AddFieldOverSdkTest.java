package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddCollectionFieldReq;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Fields that are added to a collection with rows, asked for by the stock client. */
class AddFieldOverSdkTest extends SdkTest {
  private static AddCollectionFieldReq scalar(String collection, String field, Object otherwise) {
    return AddCollectionFieldReq.builder()
        .collectionName(collection)
        .fieldName(field)
        .dataType(DataType.Int64)
        .isNullable(true)
        .defaultValue(otherwise)
        .build();
  }

  private static AddCollectionFieldReq vector(String collection, String field, boolean nullable) {
    return AddCollectionFieldReq.builder()
        .collectionName(collection)
        .fieldName(field)
        .dataType(DataType.FloatVector)
        .dimension(3)
        .isNullable(nullable)
        .build();
  }

  private static void insert(String collection, JsonObject... rows) {
    client.insert(InsertReq.builder().collectionName(collection).data(Arrays.asList(rows)).build());
  }

  private static JsonObject with(JsonObject row, String field, float... values) {
    JsonArray array = new JsonArray();
    for (float value : values) {
      array.add(value);
    }
    row.add(field, array);
    return row;
  }

  private static List<Object> nearest(String collection, String field, float... query) {
    List<SearchResp.SearchResult> hits =
        client
            .search(
                SearchReq.builder()
                    .collectionName(collection)
                    .annsField(field)
                    .data(List.of(new FloatVec(query)))
                    .limit(10)
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getSearchResults()
            .getFirst();
    return hits.stream().map(SearchResp.SearchResult::getId).toList();
  }

  private static Map<String, Object> one(String collection, long id) {
    return query(collection, "id == " + id, "*").getQueryResults().getFirst().getEntity();
  }

  @Test
  void aScalarFieldIsAddedToALiveCollection() {
    createQuick("scalars");
    insert("scalars", row(1, 0, 0, "red"));
    client.addCollectionField(scalar("scalars", "pages", null));
    client.addCollectionField(scalar("scalars", "stock", 7L));

    JsonObject second = row(2, 1, 0, "blue");
    second.addProperty("pages", 300);
    insert("scalars", second, row(3, 2, 0, "green"));

    assertThat(one("scalars", 1)).containsEntry("pages", null).containsEntry("stock", 7L);
    assertThat(one("scalars", 2)).containsEntry("pages", 300L).containsEntry("stock", 7L);
    assertThat(one("scalars", 3)).containsEntry("pages", null).containsEntry("colour", "green");
    assertThat(ids(query("scalars", "pages > 10", "id"))).containsExactly(2L);
    assertThat(ids(query("scalars", "pages is null", "id"))).containsExactly(1L, 3L);
    assertThat(ids(query("scalars", "stock == 7", "id"))).containsExactly(1L, 2L, 3L);
    assertThat(
            client
                .describeCollection(
                    DescribeCollectionReq.builder().collectionName("scalars").build())
                .getFieldNames())
        .containsExactlyInAnyOrder("id", "vector", "pages", "stock");
  }

  @Test
  void aVectorFieldIsAddedAndRowsWithoutAVectorAreNotFoundByIt() {
    createQuick("vectors");
    insert("vectors", row(1, 0, 0, "red"), row(2, 1, 0, "blue"));
    client.addCollectionField(vector("vectors", "wide", true));
    insert("vectors", row(3, 2, 0, "red"));
    insert(
        "vectors",
        with(row(4, 3, 0, "red"), "wide", 1, 0, 0),
        row(5, 4, 0, "red"),
        with(row(6, 5, 0, "red"), "wide", 0, 1, 0));

    client.createIndex(
        CreateIndexReq.builder()
            .collectionName("vectors")
            .indexParams(
                List.of(
                    IndexParam.builder()
                        .fieldName("wide")
                        .metricType(IndexParam.MetricType.L2)
                        .build()))
            .build());

    assertThat(nearest("vectors", "wide", 1, 0, 0)).containsExactly(4L, 6L);
    assertThat(nearest("vectors", "vector", 0, 0)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(one("vectors", 5)).containsEntry("wide", null);
    assertThat(one("vectors", 6)).containsEntry("wide", List.of(0f, 1f, 0f));
    assertThat(query("vectors", "id > 0", "wide").getQueryResults())
        .extracting(result -> result.getEntity().get("wide"))
        .containsExactly(null, null, null, List.of(1f, 0f, 0f), null, List.of(0f, 1f, 0f));
  }

  @Test
  void aFieldThatRowsWouldLackIsRefused() {
    createQuick("refused");
    fails(
        1100,
        "added field must be nullable",
        () ->
            client.addCollectionField(
                AddCollectionFieldReq.builder()
                    .collectionName("refused")
                    .fieldName("pages")
                    .dataType(DataType.Int64)
                    .build()));
    fails(
        1100,
        "duplicated field name",
        () -> client.addCollectionField(vector("refused", "vector", true)));
    fails(100, "", () -> client.addCollectionField(vector("nobody", "wide", true)));
    fails(
        1100,
        "vector type not support null",
        () ->
            client.createCollection(
                CreateCollectionReq.builder()
                    .collectionName("nullable")
                    .collectionSchema(
                        MilvusClientV2.CreateSchema()
                            .addField(
                                AddFieldReq.builder()
                                    .fieldName("id")
                                    .dataType(DataType.Int64)
                                    .isPrimaryKey(true)
                                    .build())
                            .addField(
                                AddFieldReq.builder()
                                    .fieldName("v")
                                    .dataType(DataType.FloatVector)
                                    .dimension(2)
                                    .isNullable(true)
                                    .build()))
                    .build()));
  }
}
