package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.database.request.AlterDatabasePropertiesReq;
import io.milvus.v2.service.database.request.CreateDatabaseReq;
import io.milvus.v2.service.database.request.DescribeDatabaseReq;
import io.milvus.v2.service.database.request.DropDatabaseReq;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class DatabaseTest {
  private static String create(MilvusClientV2 client) {
    String name = TestCollection.unique("db");
    client.createDatabase(
        CreateDatabaseReq.builder().databaseName(name).properties(Map.of("team", "tests")).build());
    return name;
  }

  @Test
  void aDatabaseIsCreatedListedDescribedAndDropped(MilvusClientV2 client) {
    String name = create(client);
    assertThat(client.listDatabases().getDatabaseNames()).contains("default", name);
    assertThat(
            client
                .describeDatabase(DescribeDatabaseReq.builder().databaseName(name).build())
                .getProperties())
        .containsEntry("team", "tests");

    client.dropDatabase(DropDatabaseReq.builder().databaseName(name).build());
    assertThat(client.listDatabases().getDatabaseNames()).doesNotContain(name);
  }

  @Test
  void itsPropertiesCanBeChanged(MilvusClientV2 client) {
    String name = create(client);
    client.alterDatabaseProperties(
        AlterDatabasePropertiesReq.builder().databaseName(name).property("team", "others").build());
    assertThat(
            client
                .describeDatabase(DescribeDatabaseReq.builder().databaseName(name).build())
                .getProperties())
        .containsEntry("team", "others");
  }

  @Test
  void twoDatabasesHaveCollectionsOfOneName(TidemarkProcess tidemark, MilvusClientV2 shared)
      throws Exception {
    String name = create(shared);
    String collection = TestCollection.unique("twice");
    try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
      client.createCollection(
          CreateCollectionReq.builder().collectionName(collection).dimension(2).build());
      client.useDatabase(name);
      assertThat(client.listCollections().getCollectionNames()).isEmpty();
      client.createCollection(
          CreateCollectionReq.builder().collectionName(collection).dimension(3).build());

      TestCollection inner = new TestCollection(client, collection);
      inner.insert(Row.of("id", 1L, "vector", new float[] {1, 2, 3}));
      assertThat(inner.count()).isEqualTo(1);
      assertThat(new TestCollection(shared, collection).count()).isZero();
      assertThat(
              shared
                  .describeCollection(
                      DescribeCollectionReq.builder()
                          .databaseName(name)
                          .collectionName(collection)
                          .build())
                  .getDatabaseName())
          .isEqualTo(name);
    }
  }

  @Test
  void aDatabaseWithCollectionsIsNotDropped(MilvusClientV2 client) {
    String name = create(client);
    String collection = TestCollection.unique("inside");
    client.createCollection(
        CreateCollectionReq.builder()
            .databaseName(name)
            .collectionName(collection)
            .dimension(2)
            .build());
    assertRefused(
        () -> client.dropDatabase(DropDatabaseReq.builder().databaseName(name).build()), name);

    client.dropCollection(
        DropCollectionReq.builder().databaseName(name).collectionName(collection).build());
    client.dropDatabase(DropDatabaseReq.builder().databaseName(name).build());
    assertThat(client.listDatabases().getDatabaseNames()).doesNotContain(name);
  }

  @Test
  void anUnknownDatabaseIsRefused(MilvusClientV2 client) {
    assertRefused(
        800,
        () ->
            client.describeCollection(
                DescribeCollectionReq.builder()
                    .databaseName("nowhere")
                    .collectionName("any")
                    .build()),
        "nowhere");
    assertRefused(
        800,
        () ->
            client.describeDatabase(DescribeDatabaseReq.builder().databaseName("nowhere").build()),
        "nowhere");
    assertRefused(
        800,
        () ->
            client.createCollection(
                CreateCollectionReq.builder()
                    .databaseName("nowhere")
                    .collectionName("any")
                    .dimension(2)
                    .build()),
        "nowhere");
  }

  @Test
  void creatingADatabaseTwiceOrDroppingTheDefaultIsRefused(MilvusClientV2 client) {
    String name = create(client);
    assertRefused(
        () -> client.createDatabase(CreateDatabaseReq.builder().databaseName(name).build()), name);
    assertRefused(
        () -> client.dropDatabase(DropDatabaseReq.builder().databaseName("default").build()),
        "default");
  }

  @Test
  void badDatabaseNamesAreRefused(MilvusClientV2 client) {
    for (String name : new String[] {"1st", "a;b", "../up", "a b", "x".repeat(256)}) {
      assertRefused(
          1100,
          () -> client.createDatabase(CreateDatabaseReq.builder().databaseName(name).build()));
    }
  }
}
