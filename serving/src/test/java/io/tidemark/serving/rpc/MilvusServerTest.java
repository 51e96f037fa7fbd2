package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.exception.MilvusClientException;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.GetLoadStateReq;
import io.milvus.v2.service.collection.request.HasCollectionReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.collection.request.RenameCollectionReq;
import io.milvus.v2.service.collection.response.DescribeCollectionResp;
import io.milvus.v2.service.database.request.CreateDatabaseReq;
import io.milvus.v2.service.database.request.DropDatabaseReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.request.DropIndexReq;
import io.milvus.v2.service.index.request.ListIndexesReq;
import io.milvus.v2.service.index.response.DescribeIndexResp;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.partition.request.DropPartitionReq;
import io.milvus.v2.service.partition.request.ListPartitionsReq;
import io.milvus.v2.service.partition.request.ReleasePartitionsReq;
import io.milvus.v2.service.utility.request.AlterAliasReq;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import io.milvus.v2.service.utility.request.DescribeAliasReq;
import io.milvus.v2.service.utility.request.DropAliasReq;
import io.milvus.v2.service.utility.request.ListAliasesReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.InsertResp;
import io.milvus.v2.service.vector.response.QueryResp;
import io.milvus.v2.service.vector.response.SearchResp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stock Java client against the server, with everything real but the ingest job: nothing is
 * committed.
 */
class MilvusServerTest {
  @TempDir static Path folder;

  private static RunningServer server;
  private static MilvusClientV2 client;

  @BeforeAll
  static void start() throws Exception {
    server = RunningServer.start(folder);
    client = server.client();
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    server.close();
  }

  private static void createQuick(String name) {
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(name)
            .dimension(2)
            .metricType("L2")
            .consistencyLevel(ConsistencyLevel.STRONG)
            .build());
  }

  private static JsonObject row(long id, float x, float y, String colour) {
    return JsonParser.parseString(
            String.format(
                Locale.ROOT, "{\"id\":%d,\"vector\":[%f,%f],\"colour\":\"%s\"}", id, x, y, colour))
        .getAsJsonObject();
  }

  private static List<Object> ids(QueryResp answer) {
    return answer.getQueryResults().stream().map(r -> r.getEntity().get("id")).toList();
  }

  private static QueryResp query(String collection, String filter, String... outputFields) {
    return client.query(
        QueryReq.builder()
            .collectionName(collection)
            .filter(filter)
            .outputFields(List.of(outputFields))
            .consistencyLevel(ConsistencyLevel.STRONG)
            .build());
  }

  private static void fails(int code, String reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(MilvusClientException.class)
        .hasMessageContaining(reason)
        .satisfies(e -> assertThat(((MilvusClientException) e).getServerErrCode()).isEqualTo(code));
  }

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
  void aSchemaIsDescribedAsItWasCreated() {
    CreateCollectionReq.CollectionSchema schema = client.createSchema();
    schema.addField(
        AddFieldReq.builder()
            .fieldName("key")
            .dataType(DataType.VarChar)
            .maxLength(32)
            .isPrimaryKey(true)
            .autoID(true)
            .build());
    schema.addField(
        AddFieldReq.builder().fieldName("vec").dataType(DataType.FloatVector).dimension(4).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("size")
            .dataType(DataType.Int16)
            .isNullable(true)
            .defaultValue((short) 7)
            .build());
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName("described")
            .description("what it is")
            .collectionSchema(schema)
            .numShards(3)
            .consistencyLevel(ConsistencyLevel.SESSION)
            .property("mmap.enabled", "false")
            .build());

    DescribeCollectionResp described =
        client.describeCollection(
            DescribeCollectionReq.builder().collectionName("described").build());
    assertThat(described.getPrimaryFieldName()).isEqualTo("key");
    assertThat(described.getAutoID()).isTrue();
    assertThat(described.getFieldNames()).containsExactly("key", "vec", "size");
    assertThat(described.getShardsNum()).isEqualTo(3);
    assertThat(described.getNumOfPartitions()).isEqualTo(1);
    assertThat(described.getConsistencyLevel()).isEqualTo(ConsistencyLevel.SESSION);
    assertThat(described.getEnableDynamicField()).isFalse();
    assertThat(described.getProperties()).containsExactlyEntriesOf(Map.of("mmap.enabled", "false"));
    assertThat(described.getCollectionSchema().getField("size").getDefaultValue())
        .isEqualTo((short) 7);

    fails(
        700,
        "no vector index on field: [vec]",
        () ->
            client.loadCollection(LoadCollectionReq.builder().collectionName("described").build()));
    fails(
        101,
        "collection not loaded[collection=described]",
        () -> query("described", "size > 1", "key"));
    client.createIndex(
        CreateIndexReq.builder()
            .collectionName("described")
            .indexParams(
                List.of(
                    IndexParam.builder()
                        .fieldName("vec")
                        .indexType(IndexParam.IndexType.HNSW)
                        .metricType(IndexParam.MetricType.IP)
                        .extraParams(Map.of("M", 16, "efConstruction", 100))
                        .build(),
                    IndexParam.builder()
                        .fieldName("size")
                        .indexName("by_size")
                        .indexType(IndexParam.IndexType.STL_SORT)
                        .build()))
            .build());
    assertThat(client.listIndexes(ListIndexesReq.builder().collectionName("described").build()))
        .containsExactly("vec", "by_size");
    DescribeIndexResp.IndexDesc index =
        client
            .describeIndex(
                DescribeIndexReq.builder().collectionName("described").fieldName("vec").build())
            .getIndexDescriptions()
            .getFirst();
    assertThat(index.getIndexType()).isEqualTo(IndexParam.IndexType.HNSW);
    assertThat(index.getMetricType()).isEqualTo(IndexParam.MetricType.IP);
    assertThat(index.getExtraParams())
        .containsEntry("M", "16")
        .containsEntry("efConstruction", "100");

    client.loadCollection(LoadCollectionReq.builder().collectionName("described").build());
    List<JsonObject> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rows.add(JsonParser.parseString("{\"vec\":[1,2,3," + i + "]}").getAsJsonObject());
    }
    InsertResp inserted =
        client.insert(InsertReq.builder().collectionName("described").data(rows).build());
    assertThat(inserted.getPrimaryKeys())
        .hasSize(50)
        .doesNotHaveDuplicates()
        .allMatch(key -> key instanceof String);
    QueryResp all = query("described", "size == 7", "key", "size");
    assertThat(all.getQueryResults()).hasSize(50);
    fails(
        1100,
        "please release it first",
        () ->
            client.dropIndex(
                DropIndexReq.builder()
                    .collectionName("described")
                    .fieldName("vec")
                    .indexName("vec")
                    .build()));
    client.releaseCollection(ReleaseCollectionReq.builder().collectionName("described").build());
    client.dropIndex(
        DropIndexReq.builder()
            .collectionName("described")
            .fieldName("vec")
            .indexName("vec")
            .build());
    assertThat(client.listIndexes(ListIndexesReq.builder().collectionName("described").build()))
        .containsExactly("by_size");
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
  void aliasesFollowRenames() {
    createQuick("first");
    createQuick("second");
    client.createAlias(CreateAliasReq.builder().collectionName("first").alias("current").build());
    fails(
        1602,
        "alias already exist",
        () ->
            client.createAlias(
                CreateAliasReq.builder().collectionName("second").alias("current").build()));
    fails(
        1601,
        "alias and collection name conflict",
        () ->
            client.createAlias(
                CreateAliasReq.builder().collectionName("second").alias("first").build()));
    client.renameCollection(
        RenameCollectionReq.builder().collectionName("first").newCollectionName("renamed").build());
    assertThat(
            client
                .describeAlias(DescribeAliasReq.builder().alias("current").build())
                .getCollectionName())
        .isEqualTo("renamed");
    assertThat(
            client
                .describeCollection(
                    DescribeCollectionReq.builder().collectionName("current").build())
                .getCollectionName())
        .isEqualTo("renamed");
    fails(
        1100,
        "associated aliases [current]",
        () -> client.dropCollection(DropCollectionReq.builder().collectionName("renamed").build()));
    client.alterAlias(AlterAliasReq.builder().collectionName("second").alias("current").build());
    assertThat(
            client
                .listAliases(ListAliasesReq.builder().collectionName("second").build())
                .getAlias())
        .containsExactly("current");
    client.dropAlias(DropAliasReq.builder().alias("current").build());
    fails(
        1600,
        "alias not found[database=default][alias=current]",
        () -> client.describeAlias(DescribeAliasReq.builder().alias("current").build()));
    client.dropCollection(DropCollectionReq.builder().collectionName("renamed").build());
    client.dropCollection(DropCollectionReq.builder().collectionName("renamed").build());
    assertThat(client.hasCollection(HasCollectionReq.builder().collectionName("renamed").build()))
        .isFalse();
    fails(
        100,
        "collection not found[database=default][collection=renamed]",
        () ->
            client.describeCollection(
                DescribeCollectionReq.builder().collectionName("renamed").build()));
  }

  @Test
  void databasesKeepTheirCollectionsApart() throws Exception {
    client.createDatabase(CreateDatabaseReq.builder().databaseName("shop").build());
    fails(
        1100,
        "already exist",
        () -> client.createDatabase(CreateDatabaseReq.builder().databaseName("shop").build()));
    fails(
        1100,
        "reserved",
        () -> client.createDatabase(CreateDatabaseReq.builder().databaseName("tidemark").build()));
    assertThat(client.listDatabases().getDatabaseNames())
        .contains("default", "shop")
        .doesNotContain("tidemark");
    MilvusClientV2 shop = server.client("shop");
    try {
      shop.createCollection(
          CreateCollectionReq.builder().collectionName("goods").dimension(2).build());
      assertThat(shop.listCollections().getCollectionNames()).containsExactly("goods");
      assertThat(client.listCollections().getCollectionNames()).doesNotContain("goods");
      fails(
          1100,
          "not empty",
          () -> client.dropDatabase(DropDatabaseReq.builder().databaseName("shop").build()));
      shop.dropCollection(DropCollectionReq.builder().collectionName("goods").build());
    } finally {
      shop.close();
    }
    client.dropDatabase(DropDatabaseReq.builder().databaseName("shop").build());
    assertThatThrownBy(() -> server.client("shop"))
        .hasMessageContaining("database not found[database=shop]");
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
        "invalid index type: IVF_FLAT",
        () -> index("unindexed", IndexParam.IndexType.IVF_FLAT, Map.of("nlist", 128)));
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

  @Test
  void aRestartKeepsEverythingAndLoadsAgain() throws Exception {
    createQuick("kept");
    client.createAlias(CreateAliasReq.builder().collectionName("kept").alias("keeper").build());
    client.insert(
        InsertReq.builder().collectionName("kept").data(List.of(row(1, 1, 1, "a"))).build());
    createQuick("gone");
    client.dropCollection(DropCollectionReq.builder().collectionName("gone").build());
    client.close();
    server.restart();
    client = server.client();
    assertThat(client.hasCollection(HasCollectionReq.builder().collectionName("gone").build()))
        .isFalse();
    GetLoadStateReq state = GetLoadStateReq.builder().collectionName("kept").build();
    for (int i = 0; i < 100 && !client.getLoadState(state); i++) {
      Thread.sleep(100);
    }
    assertThat(client.getLoadState(state)).isTrue();
    assertThat(ids(query("keeper", "id > 0", "id"))).containsExactly(1L);
  }
}
