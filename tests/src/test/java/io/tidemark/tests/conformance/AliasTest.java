package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.utility.request.AlterAliasReq;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import io.milvus.v2.service.utility.request.DescribeAliasReq;
import io.milvus.v2.service.utility.request.DropAliasReq;
import io.milvus.v2.service.utility.request.ListAliasesReq;
import io.tidemark.tests.process.SharedTidemark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class AliasTest {
  private static String create(TestCollection collection) {
    String alias = TestCollection.unique("alias");
    collection
        .client()
        .createAlias(
            CreateAliasReq.builder().collectionName(collection.name()).alias(alias).build());
    return alias;
  }

  @Test
  void anAliasStandsForItsCollectionInReadsAndWrites(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    TestCollection alias = new TestCollection(client, create(made));

    alias.insert(Row.of("id", 1L, "vector", new float[] {1, 2}));
    assertThat(made.count()).isEqualTo(1);
    assertThat(alias.count()).isEqualTo(1);
    assertThat(alias.hits(alias.search(new float[] {1, 2}).limit(1))).hasSize(1);
    assertThat(
            client
                .describeCollection(
                    DescribeCollectionReq.builder().collectionName(alias.name()).build())
                .getCollectionName())
        .isIn(made.name(), alias.name());
  }

  @Test
  void aliasesAreDescribedListedMovedAndDropped(MilvusClientV2 client) {
    TestCollection one = TestCollection.quick(client, 2);
    TestCollection other = TestCollection.quick(client, 2);
    String alias = create(one);
    assertThat(
            client
                .describeAlias(DescribeAliasReq.builder().alias(alias).build())
                .getCollectionName())
        .isEqualTo(one.name());
    assertThat(
            client
                .listAliases(ListAliasesReq.builder().collectionName(one.name()).build())
                .getAlias())
        .containsExactly(alias);

    client.alterAlias(AlterAliasReq.builder().collectionName(other.name()).alias(alias).build());
    other.insert(Row.of("id", 5L, "vector", new float[] {1, 2}));
    assertThat(new TestCollection(client, alias).ids("id > 0")).containsExactly(5L);

    client.dropAlias(DropAliasReq.builder().alias(alias).build());
    assertRefused(100, () -> new TestCollection(client, alias).count(), alias);
  }

  @Test
  void aCollectionWithAliasesIsDroppedOnlyAfterThem(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    String alias = create(made);
    assertRefused(
        () ->
            client.dropCollection(DropCollectionReq.builder().collectionName(made.name()).build()),
        "alias");
    client.dropAlias(DropAliasReq.builder().alias(alias).build());
    client.dropCollection(DropCollectionReq.builder().collectionName(made.name()).build());
  }

  @Test
  void unknownAndTakenAliasesAreRefused(MilvusClientV2 client) {
    TestCollection one = TestCollection.quick(client, 2);
    TestCollection other = TestCollection.quick(client, 2);
    String alias = create(one);
    assertRefused(
        1600,
        () -> client.describeAlias(DescribeAliasReq.builder().alias("no_alias").build()),
        "no_alias");
    assertRefused(
        1600,
        () ->
            client.alterAlias(
                AlterAliasReq.builder().collectionName(one.name()).alias("no_alias").build()),
        "no_alias");
    assertRefused(
        1602,
        () ->
            client.createAlias(
                CreateAliasReq.builder().collectionName(other.name()).alias(alias).build()),
        alias);
    assertRefused(
        1601,
        () ->
            client.createAlias(
                CreateAliasReq.builder().collectionName(one.name()).alias(other.name()).build()),
        other.name());
    assertRefused(
        100,
        () ->
            client.createAlias(
                CreateAliasReq.builder().collectionName("never_was").alias("some_alias").build()),
        "never_was");
    assertRefused(
        1100,
        () ->
            client.createAlias(
                CreateAliasReq.builder().collectionName(one.name()).alias("a;b").build()));
  }
}
