package io.tidemark.tests.lakehouse;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.dynamic;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.nullable;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.text;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class LakehouseTest {
  private static TestCollection create(MilvusClientV2 client) {
    return TestCollection.create(
        client,
        dynamic(schema(int64Key("id"), vector("v", 2), nullable(text("name", 30)))),
        autoIndex("v", MetricType.L2));
  }

  private static JsonObject row(long id, String name) {
    return Row.of("id", id, "v", new float[] {id, 1}, "name", name, "extra", id * 2);
  }

  private static void await(String what, BooleanSupplier reached) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s within 60 s", what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  @Test
  void plainIcebergFindsExactlyTheLiveRows(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    TestCollection made = create(client);
    List<JsonObject> first = new ArrayList<>();
    for (long id = 0; id < 100; id++) {
      first.add(row(id, "first"));
    }
    made.insert(first);
    made.flush();
    made.upsert(row(10, "upserted"), row(200, "upserted"));
    client.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of(20L, 200L)).build());
    made.flush();
    client.delete(
        DeleteReq.builder().collectionName(made.name()).filter("id >= 90 and id < 100").build());
    made.upsert(row(11, null));
    made.insert(row(300, "größe"));
    made.flush();

    Map<Long, String> expected = new HashMap<>();
    for (long id = 0; id < 90; id++) {
      expected.put(id, "first");
    }
    expected.put(10L, "upserted");
    expected.put(11L, null);
    expected.put(300L, "größe");
    expected.remove(20L);

    try (PlainIceberg iceberg = new PlainIceberg(tidemark.data())) {
      Map<Long, String> found = new HashMap<>();
      for (Record record : PlainIceberg.rows(iceberg.table("default", made.name()))) {
        long id = (Long) record.getField("id");
        assertThat(found).as("each key once").doesNotContainKey(id);
        found.put(id, (String) record.getField("name"));
        assertThat(record.getField("v")).as("vector of %d", id).isEqualTo(List.of((float) id, 1f));
        assertThat((String) record.getField("$meta")).contains("\"extra\"").contains("" + id * 2);
      }
      assertThat(found).isEqualTo(expected);
    }
    assertThat(made.count()).isEqualTo(expected.size());
  }

  @Test
  void rowsThatPlainIcebergAppendsAreSearchedWithinSeconds(
      TidemarkProcess tidemark, MilvusClientV2 client) throws Exception {
    TestCollection made = create(client);
    made.insert(row(1, "ours"));
    made.flush();
    try (PlainIceberg iceberg = new PlainIceberg(tidemark.data())) {
      PlainIceberg.append(
          iceberg.table("default", made.name()),
          List.of("id", "v", "name"),
          List.of(
              List.of(500L, List.of(50f, 50f), "theirs"),
              List.of(501L, List.of(60f, 60f), "theirs")));
    }
    await("the appended rows are counted", () -> made.count() == 3);
    assertThat(TestCollection.idsOf(made.hits(made.search(new float[] {50, 50}).limit(2))))
        .containsExactly(500L, 501L);
    assertThat(made.rows("name == 'theirs'", "v").getFirst().get("v")).isEqualTo(List.of(50f, 50f));

    made.upsert(row(501, "ours again"));
    client.delete(DeleteReq.builder().collectionName(made.name()).ids(List.of(500L)).build());
    assertThat(made.ids("id > 0")).containsExactly(1L, 501L);
    made.flush();
    assertThat(made.ids("id > 0")).containsExactly(1L, 501L);
    assertThat(made.rows("id == 501", "name").getFirst()).containsEntry("name", "ours again");
  }

  @Test
  void rowsThatPlainIcebergDeletesAreGoneWithinSeconds(
      TidemarkProcess tidemark, MilvusClientV2 client) throws Exception {
    TestCollection made = create(client);
    made.insert(row(1, "one"), row(2, "two"), row(3, "three"));
    made.flush();
    try (PlainIceberg iceberg = new PlainIceberg(tidemark.data())) {
      PlainIceberg.delete(iceberg.table("default", made.name()), "id", List.of(2L));
      await("the deleted row is gone", () -> made.count() == 2);
      PlainIceberg.delete(iceberg.table("default", made.name()), "name", List.of("three"));
      await("the row deleted by another column is gone", () -> made.count() == 1);
    }
    assertThat(made.ids("id > 0")).containsExactly(1L);
  }

  @Test
  void anAppendedRowThatCannotBeSearchedStaysOutAndHurtsNothing(
      TidemarkProcess tidemark, MilvusClientV2 client) throws Exception {
    TestCollection made = create(client);
    made.insert(row(1, "ours"));
    made.flush();
    try (PlainIceberg iceberg = new PlainIceberg(tidemark.data())) {
      Table table = iceberg.table("default", made.name());
      PlainIceberg.append(
          table,
          List.of("id", "v"),
          List.of(
              List.of(600L, List.of(1f, 2f, 3f)),
              List.of(601L, List.of(Float.NaN, 2f)),
              List.of(602L, List.of()),
              List.of(603L, List.of(9f, 9f))));
      await("the good row is counted", () -> made.ids("id >= 600").contains(603L));
      assertThat(made.ids("id > 0")).containsExactly(1L, 603L);
      assertThat(TestCollection.idsOf(made.hits(made.search(new float[] {1, 2}).limit(10))))
          .containsExactlyInAnyOrder(1L, 603L);

      made.upsert(row(600, "mended"));
      made.flush();
      assertThat(made.ids("id > 0")).containsExactly(1L, 600L, 603L);
    }
    assertThat(tidemark.get("/healthz").statusCode()).isEqualTo(200);
  }
}
