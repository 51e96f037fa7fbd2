package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.dynamic;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.varcharKey;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.GetCollectionStatsReq;
import io.milvus.v2.service.collection.request.HasCollectionReq;
import io.milvus.v2.service.collection.request.RenameCollectionReq;
import io.milvus.v2.service.collection.response.DescribeCollectionResp;
import io.tidemark.tests.process.SharedTidemark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class CollectionTest {
  private static boolean has(MilvusClientV2 client, String name) {
    return client.hasCollection(HasCollectionReq.builder().collectionName(name).build());
  }

  private static DescribeCollectionResp describe(MilvusClientV2 client, String name) {
    return client.describeCollection(DescribeCollectionReq.builder().collectionName(name).build());
  }

  @Test
  void createdTheQuickWayItHasMilvussDefaults(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 5);

    DescribeCollectionResp described = describe(client, made.name());
    assertThat(described.getCollectionName()).isEqualTo(made.name());
    assertThat(described.getDatabaseName()).isEqualTo("default");
    assertThat(described.getCollectionID()).isPositive();
    assertThat(described.getFieldNames()).containsExactlyInAnyOrder("id", "vector");
    assertThat(described.getPrimaryFieldName()).isEqualTo("id");
    assertThat(described.getVectorFieldNames()).containsExactly("vector");
    assertThat(described.getEnableDynamicField()).isTrue();
    assertThat(described.getAutoID()).isFalse();
    assertThat(described.getShardsNum()).isEqualTo(1);
    assertThat(described.getNumOfPartitions()).isEqualTo(1);
    assertThat(described.getConsistencyLevel()).isEqualTo(ConsistencyLevel.BOUNDED);
    assertThat(described.getCreateTime()).isPositive();
    assertThat(described.getCollectionSchema().getField("vector").getDimension()).isEqualTo(5);
    assertThat(made.count()).isZero();
  }

  @Test
  void createdTheQuickWayKeysCanBeStringsOrAutomatic(MilvusClientV2 client) {
    String strings = TestCollection.unique("strings");
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(strings)
            .dimension(2)
            .idType(DataType.VarChar)
            .maxLength(16)
            .primaryFieldName("key")
            .vectorFieldName("embedding")
            .metricType("L2")
            .build());
    assertThat(describe(client, strings).getPrimaryFieldName()).isEqualTo("key");
    assertThat(describe(client, strings).getVectorFieldNames()).containsExactly("embedding");

    String automatic = TestCollection.unique("automatic");
    client.createCollection(
        CreateCollectionReq.builder().collectionName(automatic).dimension(2).autoID(true).build());
    assertThat(describe(client, automatic).getAutoID()).isTrue();
  }

  @Test
  void aSchemaComesBackAsItWasGiven(MilvusClientV2 client) {
    CreateCollectionReq.CollectionSchema given =
        dynamic(
            schema(
                varcharKey("key", 40),
                vector("v", 7),
                Fields.nullable(Fields.of("count", DataType.Int16)),
                Fields.defaulting(Fields.text("colour", 9), "red"),
                Fields.of("document", DataType.JSON)));
    String name = TestCollection.unique("given");
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(name)
            .description("rows of a test")
            .collectionSchema(given)
            .numShards(2)
            .consistencyLevel(ConsistencyLevel.STRONG)
            .property("owner", "a test")
            .build());

    DescribeCollectionResp described = describe(client, name);
    assertThat(described.getDescription()).isEqualTo("rows of a test");
    assertThat(described.getShardsNum()).isEqualTo(2);
    assertThat(described.getConsistencyLevel()).isEqualTo(ConsistencyLevel.STRONG);
    assertThat(described.getEnableDynamicField()).isTrue();
    assertThat(described.getProperties()).containsEntry("owner", "a test");
    CreateCollectionReq.CollectionSchema back = described.getCollectionSchema();
    assertThat(back.getFieldSchemaList())
        .extracting(CreateCollectionReq.FieldSchema::getName)
        .containsExactly("key", "v", "count", "colour", "document");
    assertThat(back.getField("key").getIsPrimaryKey()).isTrue();
    assertThat(back.getField("key").getMaxLength()).isEqualTo(40);
    assertThat(back.getField("v").getDataType()).isEqualTo(DataType.FloatVector);
    assertThat(back.getField("v").getDimension()).isEqualTo(7);
    assertThat(back.getField("count").getDataType()).isEqualTo(DataType.Int16);
    assertThat(back.getField("count").getIsNullable()).isTrue();
    assertThat(back.getField("colour").getDefaultValue()).isEqualTo("red");
    assertThat(back.getField("document").getDataType()).isEqualTo(DataType.JSON);
  }

  @Test
  void collectionsAreListedAndFound(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);

    assertThat(client.listCollections().getCollectionNames()).contains(made.name());
    assertThat(has(client, made.name())).isTrue();
    assertThat(has(client, "no_such_collection")).isFalse();
  }

  @Test
  void aDroppedCollectionIsGoneAndItsNameFree(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 2}));
    client.dropCollection(DropCollectionReq.builder().collectionName(made.name()).build());

    assertThat(has(client, made.name())).isFalse();
    assertThat(client.listCollections().getCollectionNames()).doesNotContain(made.name());
    assertRefused(100, () -> describe(client, made.name()), made.name());

    client.createCollection(
        CreateCollectionReq.builder().collectionName(made.name()).dimension(3).build());
    assertThat(made.count()).as("the old rows are not the new collection's").isZero();
  }

  @Test
  void droppingWhatIsNotThereIsNoError(MilvusClientV2 client) {
    assertThatCode(() ->
            client.dropCollection(DropCollectionReq.builder().collectionName("never_was").build()))
        .doesNotThrowAnyException();
  }

  @Test
  void creatingAnotherOfTheSameNameIsRefused(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client,
            schema(int64Key("id"), vector("v", 4)),
            autoIndex("v", IndexParam.MetricType.L2));
    assertRefused(
        () ->
            client.createCollection(
                CreateCollectionReq.builder()
                    .collectionName(made.name())
                    .collectionSchema(schema(int64Key("id"), vector("v", 8)))
                    .build()),
        made.name());
    assertThat(describe(client, made.name()).getCollectionSchema().getField("v").getDimension())
        .isEqualTo(4);
  }

  @Test
  void aRenamedCollectionKeepsItsRowsAndStaysLoaded(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 7L, "vector", new float[] {1, 2}, "colour", "blue"));
    String newName = TestCollection.unique("renamed");
    client.renameCollection(
        RenameCollectionReq.builder()
            .collectionName(made.name())
            .newCollectionName(newName)
            .build());

    TestCollection renamed = new TestCollection(client, newName);
    assertThat(has(client, made.name())).isFalse();
    assertThat(describe(client, newName).getCollectionName()).isEqualTo(newName);
    assertThat(renamed.rows("id == 7", "colour").getFirst()).containsEntry("colour", "blue");
    renamed.insert(Row.of("id", 8L, "vector", new float[] {3, 4}));
    assertThat(renamed.count()).isEqualTo(2);
  }

  @Test
  void renamingOntoAnotherIsRefused(MilvusClientV2 client) {
    TestCollection one = TestCollection.quick(client, 2);
    TestCollection other = TestCollection.quick(client, 2);
    assertRefused(
        () ->
            client.renameCollection(
                RenameCollectionReq.builder()
                    .collectionName(one.name())
                    .newCollectionName(other.name())
                    .build()),
        other.name());
    assertRefused(
        100,
        () ->
            client.renameCollection(
                RenameCollectionReq.builder()
                    .collectionName("never_was")
                    .newCollectionName(TestCollection.unique("x"))
                    .build()),
        "never_was");
  }

  @Test
  void statisticsCountTheRowsAfterAFlush(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(
        List.of(
            Row.of("id", 1L, "vector", new float[] {1, 2}),
            Row.of("id", 2L, "vector", new float[] {1, 2}),
            Row.of("id", 3L, "vector", new float[] {1, 2})));
    made.flush();
    assertThat(
            client
                .getCollectionStats(
                    GetCollectionStatsReq.builder().collectionName(made.name()).build())
                .getNumOfEntities())
        .isEqualTo(3);
  }
}
