package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.index.request.DropIndexReq;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.partition.request.DropPartitionReq;
import io.milvus.v2.service.partition.request.ListPartitionsReq;
import io.milvus.v2.service.partition.request.ReleasePartitionsReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.InsertResp;
import io.milvus.v2.service.vector.response.SearchResp;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the stock client reads back of what it writes, and which requests it is refused. */
class EntitiesOverSdkTest extends SdkTest {
  @Test
  void aQuickCollectionCanBeWrittenSearchedAndQueried() {
    createQuick("quick");
    InsertResp inserted =
        client.insert(
            InsertReq.builder()
                .collectionName("quick")
                .data(List.of(row(1, 0, 0, "red"), row(2, 1, 0, "blue"), row(3, 5, 5, "red")))
                .build());
    assertThat(inserted.getInsertCnt()).isEqualTo(3);
    assertThat(inserted.getPrimaryKeys()).isEqualTo(List.of(1L, 2L, 3L));

    SearchResp hits =
        client.search(
            SearchReq.builder()
                .collectionName("quick")
                .data(List.of(new FloatVec(List.of(0.9f, 0f))))
                .limit(2)
                .outputFields(List.of("colour", "vector"))
                .build());
    assertThat(hits.getSearchResults().getFirst())
        .extracting(SearchResp.SearchResult::getId)
        .containsExactly(2L, 1L);
    assertThat(hits.getSearchResults().getFirst().getFirst().getScore())
        .isCloseTo(0.01f, org.assertj.core.data.Offset.offset(1e-5f));
    assertThat(hits.getSearchResults().getFirst().getFirst().getEntity())
        .containsEntry("colour", "blue")
        .containsEntry("vector", List.of(1f, 0f));

    assertThat(ids(query("quick", "colour == \"red\"", "*"))).containsExactly(1L, 3L);
    assertThat(query("quick", "", "count(*)").getQueryResults().getFirst().getEntity())
        .containsEntry("count(*)", 3L);
    assertThat(query("quick", "id in [99]", "*").getQueryResults()).isEmpty();

    assertThat(
            client
                .upsert(
                    UpsertReq.builder()
                        .collectionName("quick")
                        .data(List.of(row(2, 9, 9, "old"), row(2, 8, 8, "green")))
                        .build())
                .getUpsertCnt())
        .isEqualTo(2);
    assertThat(query("quick", "id == 2", "colour").getQueryResults().getFirst().getEntity())
        .containsEntry("colour", "green");

    assertThat(
            client
                .delete(DeleteReq.builder().collectionName("quick").ids(List.of(1L)).build())
                .getDeleteCnt())
        .isEqualTo(1);
    assertThat(
            client
                .delete(
                    DeleteReq.builder()
                        .collectionName("quick")
                        .filter("colour like \"gr%\"")
                        .build())
                .getDeleteCnt())
        .isEqualTo(1);
    assertThat(ids(query("quick", "id > 0", "id"))).containsExactly(3L);
  }

  @Test
  void partitionsKeepTheirRowsApart() {
    createQuick("parted");
    client.createPartition(
        CreatePartitionReq.builder().collectionName("parted").partitionName("p1").build());
    assertThat(client.listPartitions(ListPartitionsReq.builder().collectionName("parted").build()))
        .containsExactly("_default", "p1");
    client.insert(
        InsertReq.builder()
            .collectionName("parted")
            .partitionName("p1")
            .data(List.of(row(1, 1, 1, "a")))
            .build());
    client.insert(
        InsertReq.builder().collectionName("parted").data(List.of(row(2, 2, 2, "a"))).build());
    assertThat(
            ids(
                client.query(
                    QueryReq.builder()
                        .collectionName("parted")
                        .filter("id > 0")
                        .partitionNames(List.of("p1"))
                        .consistencyLevel(ConsistencyLevel.STRONG)
                        .build())))
        .containsExactly(1L);
    fails(
        200,
        "partition not found[partition=p2]",
        () ->
            client.insert(
                InsertReq.builder()
                    .collectionName("parted")
                    .partitionName("p2")
                    .data(List.of(row(1, 1, 1, "a")))
                    .build()));
    fails(
        1100,
        "please release it first",
        () ->
            client.dropPartition(
                DropPartitionReq.builder().collectionName("parted").partitionName("p1").build()));
    client.releasePartitions(
        ReleasePartitionsReq.builder()
            .collectionName("parted")
            .partitionNames(List.of("p1"))
            .build());
    client.dropPartition(
        DropPartitionReq.builder().collectionName("parted").partitionName("p1").build());
    fails(
        1100,
        "default partition cannot be deleted",
        () ->
            client.dropPartition(
                DropPartitionReq.builder()
                    .collectionName("parted")
                    .partitionName("_default")
                    .build()));
    assertThat(ids(query("parted", "id > 0", "id"))).containsExactly(2L);
  }

  @Test
  void badRequestsAreRefusedInMilvusWords() {
    createQuick("bad");
    createQuick("bad");
    fails(
        1100,
        "different parameters",
        () ->
            client.createCollection(
                CreateCollectionReq.builder().collectionName("bad").dimension(3).build()));
    fails(
        1100,
        "Invalid collection name: a;b",
        () ->
            client.createCollection(
                CreateCollectionReq.builder().collectionName("a;b").dimension(3).build()));
    fails(
        1100,
        "limited to 16, but got 17",
        () ->
            client.createCollection(
                CreateCollectionReq.builder()
                    .collectionName("shards")
                    .dimension(3)
                    .numShards(17)
                    .build()));
    fails(
        1100,
        "topk [16385] is invalid, it should be in range [1, 16384], but got 16385",
        () -> search("bad", 16_385, "L2"));
    fails(
        1100,
        "metric type not match: invalid parameter[expected=L2][actual=IP]",
        () -> search("bad", 1, "IP"));
    fails(1100, "", () -> query("bad", "colour ==", "id"));
    fails(1100, "empty expression should be used with limit", () -> query("bad", "", "id"));
    fails(
        1100,
        "at most one distinct index",
        () -> index("bad", IndexParam.IndexType.FLAT, Map.of()));
    createQuick("unindexed");
    client.releaseCollection(ReleaseCollectionReq.builder().collectionName("unindexed").build());
    client.dropIndex(
        DropIndexReq.builder().collectionName("unindexed").fieldName("vector").build());
    fails(
        1100,
        "'M' (-1) should be in range [2, 2048]",
        () -> index("unindexed", IndexParam.IndexType.HNSW, Map.of("M", -1)));
    fails(
        1100,
        "invalid index type: GPU_CAGRA",
        () -> index("unindexed", IndexParam.IndexType.GPU_CAGRA, Map.of()));
    fails(
        1100,
        "always true",
        () -> client.delete(DeleteReq.builder().collectionName("bad").filter("").build()));
  }

  private static SearchResp search(String collection, int limit, String metric) {
    return client.search(
        SearchReq.builder()
            .collectionName(collection)
            .data(List.of(new FloatVec(List.of(0f, 0f))))
            .limit(limit)
            .metricType(IndexParam.MetricType.valueOf(metric))
            .build());
  }

  private static void index(
      String collection, IndexParam.IndexType type, Map<String, Object> params) {
    client.createIndex(
        CreateIndexReq.builder()
            .collectionName(collection)
            .indexParams(
                List.of(
                    IndexParam.builder()
                        .fieldName("vector")
                        .indexType(type)
                        .metricType(IndexParam.MetricType.L2)
                        .extraParams(params)
                        .build()))
            .build());
  }
}
