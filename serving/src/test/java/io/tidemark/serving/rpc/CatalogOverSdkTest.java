package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
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
import io.milvus.v2.service.utility.request.AlterAliasReq;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import io.milvus.v2.service.utility.request.DescribeAliasReq;
import io.milvus.v2.service.utility.request.DropAliasReq;
import io.milvus.v2.service.utility.request.ListAliasesReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.response.InsertResp;
import io.milvus.v2.service.vector.response.QueryResp;
import io.tidemark.model.control.ControlKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the stock client sees of collections, indexes, aliases and databases. */
class CatalogOverSdkTest extends SdkTest {
  @Test
  void aSchemaIsDescribedAsItWasCreated() {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
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

  @Test
  void whatAKillLeftHalfDoneIsFinishedAtTheNextStart() throws Exception {
    createQuick("halfdropped");
    long id =
        client
            .describeCollection(
                DescribeCollectionReq.builder().collectionName("halfdropped").build())
            .getCollectionID();
    server.control().put(ControlKeys.COLLECTION + id, ControlKeys.DROPPED);
    server.control().put(ControlKeys.COLLECTION + 77, "default/nevermade");
    server.control().put(ControlKeys.ALIAS + "default/lost", "77");
    client.close();
    server.restart();
    client = server.client();
    assertThat(
            client.hasCollection(HasCollectionReq.builder().collectionName("halfdropped").build()))
        .isFalse();
    assertThat(server.control().get(ControlKeys.COLLECTION + id)).contains(ControlKeys.DROPPED);
    assertThat(server.control().get(ControlKeys.COLLECTION + 77)).isEmpty();
    assertThat(server.control().get(ControlKeys.ALIAS + "default/lost")).isEmpty();
    fails(
        1600,
        "alias not found",
        () -> client.describeAlias(DescribeAliasReq.builder().alias("lost").build()));
    createQuick("halfdropped");
  }
}
