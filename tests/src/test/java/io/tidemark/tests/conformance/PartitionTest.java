package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.partition.request.DropPartitionReq;
import io.milvus.v2.service.partition.request.GetPartitionStatsReq;
import io.milvus.v2.service.partition.request.HasPartitionReq;
import io.milvus.v2.service.partition.request.ListPartitionsReq;
import io.milvus.v2.service.partition.request.LoadPartitionsReq;
import io.milvus.v2.service.partition.request.ReleasePartitionsReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.tidemark.tests.process.SharedTidemark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class PartitionTest {
  private static final float[] ORIGIN = {0, 0};

  private static void create(TestCollection collection, String partition) {
    collection
        .client()
        .createPartition(
            CreatePartitionReq.builder()
                .collectionName(collection.name())
                .partitionName(partition)
                .build());
  }

  private static void insert(TestCollection collection, String partition, long id) {
    collection
        .client()
        .insert(
            InsertReq.builder()
                .collectionName(collection.name())
                .partitionName(partition)
                .data(List.of(Row.of("id", id, "vector", new float[] {id, 1})))
                .build());
  }

  private static List<String> list(TestCollection collection) {
    return collection
        .client()
        .listPartitions(ListPartitionsReq.builder().collectionName(collection.name()).build());
  }

  private static boolean has(TestCollection collection, String partition) {
    return collection
        .client()
        .hasPartition(
            HasPartitionReq.builder()
                .collectionName(collection.name())
                .partitionName(partition)
                .build());
  }

  /** Partitions {@code _default} with row 1, {@code left} with row 2, {@code right} with row 3. */
  private static TestCollection three(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    create(made, "left");
    create(made, "right");
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 1}));
    insert(made, "left", 2);
    insert(made, "right", 3);
    return made;
  }

  @Test
  void partitionsAreCreatedListedFoundAndDropped(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    create(made, "left");
    assertThat(list(made)).containsExactlyInAnyOrder("_default", "left");
    assertThat(has(made, "left")).isTrue();
    assertThat(has(made, "right")).isFalse();

    client.releaseCollection(ReleaseCollectionReq.builder().collectionName(made.name()).build());
    client.dropPartition(
        DropPartitionReq.builder().collectionName(made.name()).partitionName("left").build());
    assertThat(list(made)).containsExactly("_default");
  }

  @Test
  void readsKeepToThePartitionsTheyName(MilvusClientV2 client) {
    TestCollection made = three(client);
    assertThat(made.count()).isEqualTo(3);
    assertThat(TestCollection.idsOf(made.hits(made.search(ORIGIN).limit(10))))
        .containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(
            TestCollection.idsOf(
                made.hits(made.search(ORIGIN).limit(10).partitionNames(List.of("left", "right")))))
        .containsExactlyInAnyOrder(2L, 3L);
    assertThat(
            client
                .query(
                    made.query()
                        .filter("id > 0")
                        .partitionNames(List.of("right"))
                        .outputFields(List.of("id"))
                        .build())
                .getQueryResults())
        .extracting(row -> row.getEntity().get("id"))
        .containsExactly(3L);
  }

  @Test
  void aDeleteKeepsToThePartitionItNames(MilvusClientV2 client) {
    TestCollection made = three(client);
    client.delete(
        DeleteReq.builder()
            .collectionName(made.name())
            .partitionName("left")
            .filter("id in [1, 2, 3]")
            .build());
    assertThat(made.ids("id > 0")).containsExactly(1L, 3L);
  }

  @Test
  void aDroppedPartitionTakesItsRowsWithIt(MilvusClientV2 client) {
    TestCollection made = three(client);
    client.releasePartitions(
        ReleasePartitionsReq.builder()
            .collectionName(made.name())
            .partitionNames(List.of("left"))
            .build());
    client.dropPartition(
        DropPartitionReq.builder().collectionName(made.name()).partitionName("left").build());
    assertThat(made.ids("id > 0")).containsExactly(1L, 3L);

    create(made, "left");
    client.loadPartitions(
        LoadPartitionsReq.builder()
            .collectionName(made.name())
            .partitionNames(List.of("left"))
            .build());
    assertThat(made.ids("id > 0")).as("a new partition of that name").containsExactly(1L, 3L);
  }

  @Test
  void onlyLoadedPartitionsAreRead(MilvusClientV2 client) {
    TestCollection made = three(client);
    client.releaseCollection(ReleaseCollectionReq.builder().collectionName(made.name()).build());
    client.loadPartitions(
        LoadPartitionsReq.builder()
            .collectionName(made.name())
            .partitionNames(List.of("left"))
            .build());
    assertThat(made.ids("id > 0")).containsExactly(2L);
    assertRefused(
        () -> client.query(made.query().filter("id > 0").partitionNames(List.of("right")).build()),
        "right");
    assertRefused(
        () ->
            client.dropPartition(
                DropPartitionReq.builder()
                    .collectionName(made.name())
                    .partitionName("left")
                    .build()),
        "left");
  }

  @Test
  void partitionStatisticsCountItsRows(MilvusClientV2 client) {
    TestCollection made = three(client);
    made.flush();
    assertThat(
            client
                .getPartitionStats(
                    GetPartitionStatsReq.builder()
                        .collectionName(made.name())
                        .partitionName("left")
                        .build())
                .getNumOfEntities())
        .isEqualTo(1);
  }

  @Test
  void unknownPartitionsAreRefused(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    assertRefused(200, () -> insert(made, "nowhere", 1), "nowhere");
    assertRefused(
        200,
        () -> made.hits(made.search(ORIGIN).limit(1).partitionNames(List.of("nowhere"))),
        "nowhere");
    assertRefused(
        200,
        () ->
            client.query(made.query().filter("id > 0").partitionNames(List.of("nowhere")).build()),
        "nowhere");
    assertRefused(
        100,
        () ->
            client.createPartition(
                CreatePartitionReq.builder()
                    .collectionName("no_such_collection")
                    .partitionName("left")
                    .build()),
        "no_such_collection");
  }

  @Test
  void badPartitionNamesAndTheDefaultOnesDropAreRefused(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    for (String name : new String[] {"1st", "a;b", "../up", "x".repeat(256)}) {
      assertRefused(1100, () -> create(made, name));
    }
    assertRefused(
        () ->
            client.dropPartition(
                DropPartitionReq.builder()
                    .collectionName(made.name())
                    .partitionName("_default")
                    .build()),
        "default");
  }
}
