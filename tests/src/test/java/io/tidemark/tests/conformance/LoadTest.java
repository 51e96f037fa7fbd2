package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.grpc.LoadState;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.GetLoadStateReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.RefreshLoadReq;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.tidemark.tests.process.SharedTidemark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class LoadTest {
  private static boolean loaded(TestCollection collection) {
    return collection
        .client()
        .getLoadState(GetLoadStateReq.builder().collectionName(collection.name()).build());
  }

  private static void load(TestCollection collection) {
    collection
        .client()
        .loadCollection(LoadCollectionReq.builder().collectionName(collection.name()).build());
  }

  private static void release(TestCollection collection) {
    collection
        .client()
        .releaseCollection(
            ReleaseCollectionReq.builder().collectionName(collection.name()).build());
  }

  @Test
  void aCollectionIsReadWhileItIsLoaded(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 2}));
    assertThat(loaded(made)).isTrue();
    assertThat(
            client
                .getLoadStateV2(GetLoadStateReq.builder().collectionName(made.name()).build())
                .getState())
        .isEqualTo(LoadState.LoadStateLoaded);
    assertThat(made.count()).isEqualTo(1);

    release(made);
    assertThat(loaded(made)).isFalse();
    assertRefused(101, made::count, "not loaded");
    assertRefused(101, () -> made.hits(made.search(new float[] {1, 2}).limit(1)), "not loaded");

    made.insert(Row.of("id", 2L, "vector", new float[] {3, 4}));
    load(made);
    assertThat(loaded(made)).isTrue();
    assertThat(made.ids("id > 0"))
        .as("written before and after the release")
        .containsExactly(1L, 2L);
  }

  @Test
  void aLoadedCollectionCanBeLoadedAndRefreshedAgain(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 2}));
    load(made);
    client.refreshLoad(RefreshLoadReq.builder().collectionName(made.name()).build());
    assertThat(made.count()).isEqualTo(1);
  }

  @Test
  void withoutAnIndexNothingIsLoaded(MilvusClientV2 client) {
    TestCollection made = TestCollection.create(client, schema(int64Key("id"), vector("v", 2)));
    assertThat(loaded(made)).isFalse();
    assertRefused(700, () -> load(made), "index");
    client.createIndex(
        CreateIndexReq.builder()
            .collectionName(made.name())
            .indexParams(List.of(autoIndex("v", MetricType.L2)))
            .build());
    load(made);
    assertThat(made.count()).isZero();
  }

  @Test
  void unknownCollectionsAreRefused(MilvusClientV2 client) {
    TestCollection unknown = new TestCollection(client, "never_was");
    assertRefused(100, () -> load(unknown), "never_was");
    assertRefused(100, () -> release(unknown), "never_was");
    assertRefused(() -> loaded(unknown), "never_was");
  }
}
