package io.tidemark.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.response.QueryResp;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(SharedTidemark.class)
class ConsistencyTest {
  private static boolean sees(MilvusClientV2 client, String name, ConsistencyLevel level, long id) {
    List<QueryResp.QueryResult> found =
        client
            .query(
                new TestCollection(client, name)
                    .query()
                    .filter("id == " + id)
                    .outputFields(List.of("id"))
                    .consistencyLevel(level)
                    .build())
            .getQueryResults();
    return !found.isEmpty();
  }

  @Test
  void aStrongReadOfAnotherClientSeesEveryAcknowledgedWrite(
      MilvusClientV2 writer, TidemarkProcess tidemark) throws Exception {
    TestCollection made = TestCollection.quick(writer, 2);
    try (SdkClient reader = SdkClient.to(tidemark.grpcAddress())) {
      for (long id = 1; id <= 40; id++) {
        made.insert(Row.of("id", id, "vector", new float[] {id, 1}));
        assertThat(sees(reader, made.name(), ConsistencyLevel.STRONG, id))
            .as("row %d", id)
            .isTrue();
        writer.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of(id)).build());
        assertThat(sees(reader, made.name(), ConsistencyLevel.STRONG, id))
            .as("row %d after its delete", id)
            .isFalse();
      }
    }
  }

  @Test
  void aSessionReadsItsOwnWrites(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    for (long id = 1; id <= 20; id++) {
      made.insert(Row.of("id", id, "vector", new float[] {id, 1}));
      assertThat(sees(client, made.name(), ConsistencyLevel.SESSION, id)).as("row %d", id).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ConsistencyLevel.class,
      names = {"BOUNDED", "EVENTUALLY"})
  void looserReadsSeeAWriteSoon(ConsistencyLevel level, MilvusClientV2 client)
      throws InterruptedException {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 1}));
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!sees(client, made.name(), level, 1) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(sees(client, made.name(), level, 1)).isTrue();
  }

  @Test
  void aReadWithoutALevelHasTheCollectionsOwn(MilvusClientV2 client) {
    String name = TestCollection.unique("strong");
    client.createCollection(
        io.milvus.v2.service.collection.request.CreateCollectionReq.builder()
            .collectionName(name)
            .dimension(2)
            .consistencyLevel(ConsistencyLevel.STRONG)
            .build());
    TestCollection made = new TestCollection(client, name);
    for (long id = 1; id <= 20; id++) {
      made.insert(Row.of("id", id, "vector", new float[] {id, 1}));
      assertThat(
              client
                  .query(
                      io.milvus.v2.service.vector.request.QueryReq.builder()
                          .collectionName(name)
                          .filter("id == " + id)
                          .build())
                  .getQueryResults())
          .as("row %d", id)
          .hasSize(1);
    }
  }
}
