package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoId;
import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.varcharKey;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.response.InsertResp;
import io.milvus.v2.service.vector.response.UpsertResp;
import io.tidemark.tests.process.SharedTidemark;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedTidemark.class)
class WriteTest {
  /** Rows 0 … count-1 with {@code n} = their key. */
  private static TestCollection rows(MilvusClientV2 client, int count) {
    TestCollection made = TestCollection.quick(client, 2);
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      rows.add(Row.of("id", id, "vector", new float[] {id, 1}, "n", id));
    }
    made.insert(rows);
    return made;
  }

  private static long delete(TestCollection collection, String filter) {
    return collection
        .client()
        .delete(DeleteReq.builder().collectionName(collection.name()).filter(filter).build())
        .getDeleteCnt();
  }

  private static Long[] range(long from, long to) {
    return LongStream.range(from, to).boxed().toArray(Long[]::new);
  }

  @Test
  void anInsertSaysHowManyRowsAndWhichKeys(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    InsertResp inserted =
        made.insert(
            Row.of("id", 5L, "vector", new float[] {1, 2}),
            Row.of("id", 3L, "vector", new float[] {3, 4}));
    assertThat(inserted.getInsertCnt()).isEqualTo(2);
    assertThat(inserted.getPrimaryKeys()).containsExactly(5L, 3L);
    assertThat(made.ids("id > 0")).containsExactly(3L, 5L);
  }

  @Test
  void automaticKeysAreNewAndComeBack(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client, schema(autoId("id"), vector("v", 2)), autoIndex("v", MetricType.L2));
    List<Object> keys = new ArrayList<>();
    for (int batch = 0; batch < 3; batch++) {
      keys.addAll(
          made.insert(Row.of("v", new float[] {batch, 0}), Row.of("v", new float[] {batch, 1}))
              .getPrimaryKeys());
    }
    assertThat(keys).hasSize(6).doesNotHaveDuplicates().allMatch(key -> (Long) key > 0);
    assertThat(new HashSet<Object>(made.ids("id > 0"))).isEqualTo(new HashSet<>(keys));
  }

  @Test
  void stringKeysWorkLikeNumbers(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client, schema(varcharKey("key", 20), vector("v", 2)), autoIndex("v", MetricType.L2));
    made.insert(
        Row.of("key", "a", "v", new float[] {1, 1}),
        Row.of("key", "it's \"ü\"", "v", new float[] {2, 2}),
        Row.of("key", "c", "v", new float[] {3, 3}));
    made.upsert(Row.of("key", "a", "v", new float[] {9, 9}));
    client.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of("c")).build());

    assertThat(made.rows("key != \"\"", "key", "v"))
        .extracting(row -> row.get("key"))
        .containsExactlyInAnyOrder("a", "it's \"ü\"");
    assertThat(made.rows("key == 'a'", "v").getFirst().get("v")).isEqualTo(List.of(9f, 9f));
    assertThat(TestCollection.idsOf(made.hits(made.search(new float[] {2, 2}).limit(1))))
        .containsExactly("it's \"ü\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUpsertReplacesARowOrAddsIt(boolean flushed, MilvusClientV2 client) {
    TestCollection made = rows(client, 5);
    if (flushed) {
      made.flush();
    }
    UpsertResp upserted =
        client.upsert(
            UpsertReq.builder()
                .collectionName(made.name())
                .data(
                    List.of(
                        Row.of("id", 3L, "vector", new float[] {100, 100}, "n", -3),
                        Row.of("id", 50L, "vector", new float[] {200, 200}, "n", -50)))
                .build());
    assertThat(upserted.getUpsertCnt()).isEqualTo(2);

    assertThat(made.count()).isEqualTo(6);
    assertThat(made.rows("id == 3", "n", "vector"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("n", -3L))
        .satisfies(row -> assertThat(row.get("vector")).isEqualTo(List.of(100f, 100f)));
    assertThat(made.ids("n < 0")).containsExactly(3L, 50L);
    if (flushed) {
      made.flush();
      assertThat(made.count()).isEqualTo(6);
      assertThat(made.ids("n < 0")).containsExactly(3L, 50L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rowsAreDeletedByKeys(boolean flushed, MilvusClientV2 client) {
    TestCollection made = rows(client, 6);
    if (flushed) {
      made.flush();
    }
    client.delete(
        DeleteReq.builder().collectionName(made.name()).ids(List.of(1L, 4L, 99L)).build());
    assertThat(made.ids("id >= 0")).containsExactly(0L, 2L, 3L, 5L);
    assertThat(TestCollection.idsOf(made.hits(made.search(new float[] {4, 1}).limit(10))))
        .hasSize(4)
        .doesNotContain(1L, 4L);
    made.insert(Row.of("id", 4L, "vector", new float[] {4, 1}, "n", 40));
    assertThat(made.rows("id == 4", "n").getFirst()).as("inserted again").containsEntry("n", 40L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rowsAreDeletedByFilter(boolean flushed, MilvusClientV2 client) {
    TestCollection made = rows(client, 20);
    if (flushed) {
      made.flush();
    }
    assertThat(delete(made, "n >= 15")).isEqualTo(5);
    assertThat(made.ids("id >= 0")).containsExactly(range(0, 15));
    assertThat(delete(made, "n > 100")).isZero();
    client.delete(
        DeleteReq.builder()
            .collectionName(made.name())
            .filter("n in {list}")
            .filterTemplateValues(Map.of("list", List.of(0L, 1L)))
            .build());
    assertThat(made.ids("id >= 0")).containsExactly(range(2, 15));
    if (flushed) {
      made.flush();
      assertThat(made.ids("id >= 0")).containsExactly(range(2, 15));
    }
  }

  @Test
  void aKeyInsertedTwiceComesOnceInAnAnswer(MilvusClientV2 client) {
    TestCollection made = TestCollection.quick(client, 2);
    made.insert(Row.of("id", 1L, "vector", new float[] {1, 0}, "n", 1));
    made.flush();
    made.insert(Row.of("id", 1L, "vector", new float[] {0, 1}, "n", 2));
    assertThat(made.hits(made.search(new float[] {1, 1}).limit(10))).hasSize(1);
    assertThat(made.rows("id == 1", "n")).containsExactly(Map.of("id", 1L, "n", 2L));
    delete(made, "id == 1");
    assertThat(made.count()).as("a delete takes all of them").isZero();
  }

  @Test
  void flushedRowsStayOnce(MilvusClientV2 client) {
    TestCollection made = rows(client, 10);
    for (int round = 0; round < 3; round++) {
      made.flush();
      assertThat(made.count()).isEqualTo(10);
    }
    made.upsert(Row.of("id", 2L, "vector", new float[] {7, 7}, "n", 70));
    made.flush();
    assertThat(made.count()).isEqualTo(10);
    assertThat(made.rows("id == 2", "n").getFirst()).containsEntry("n", 70L);
  }

  @Test
  void aBatchWithABadRowWritesNothing(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client, schema(Fields.int64Key("id"), vector("v", 2)), autoIndex("v", MetricType.L2));
    assertRefused(
        1100,
        () ->
            made.insert(
                Row.of("id", 1L, "v", new float[] {1, 2}),
                Row.of("id", 2L, "v", new float[] {1, Float.NaN})),
        "v");
    assertThat(made.count()).isZero();
  }

  @Test
  void unknownCollectionsAreRefused(MilvusClientV2 client) {
    TestCollection unknown = new TestCollection(client, "never_was");
    JsonObject row = Row.of("id", 1L, "vector", new float[] {1, 2});
    assertRefused(
        100,
        () ->
            client.insert(
                InsertReq.builder().collectionName("never_was").data(List.of(row)).build()),
        "never_was");
    assertRefused(100, () -> unknown.upsert(row), "never_was");
    assertRefused(100, () -> delete(unknown, "id == 1"), "never_was");
    assertRefused(
        100,
        () -> client.flush(FlushReq.builder().collectionNames(List.of("never_was")).build()),
        "never_was");
  }

  @Test
  void aDeleteWithoutAFilterOrWithABadOneIsRefused(MilvusClientV2 client) {
    TestCollection made = rows(client, 3);
    assertRefused(() -> delete(made, ""));
    assertRefused(1100, () -> delete(made, "id >"));
    assertThat(made.count()).isEqualTo(3);
  }
}
