package io.tidemark.tests.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.AlterCollectionPropertiesReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.conformance.Vectors;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client sees of a collection does not change when its files do. */
@ExtendWith(SharedTidemark.class)
class CompactedReadsTest {
  private static final int DIMENSION = 8;
  private static final int KEYS = 1200;
  private static final int FILES = 4;

  private final Random random = new Random(17);

  @Test
  void readsAreTheSameBeforeWhileAndAfterTheirRowsAreCompacted(
      TidemarkProcess tidemark, MilvusClientV2 client) throws Exception {
    TestCollection books = TestCollection.quick(client, DIMENSION);
    Map<Long, Long> replay = new TreeMap<>();
    for (int file = 0; file < FILES; file++) {
      int each = KEYS / FILES;
      write(books, replay, (long) file * each, each, 0, false);
      write(books, replay, (long) file * each / 2, 40, file + 1, true);
      delete(client, books, replay, file * 100L + 7, 25);
      books.flush();
    }
    float[] query = Vectors.random(random, DIMENSION);
    List<Object> hits = nearest(books, query);
    assertThat(versions(books)).isEqualTo(replay);

    String id = ask(tidemark, books);
    int looks = 0;
    String state;
    do {
      state = state(tidemark, id);
      assertThat(versions(books)).as("look %d", looks).isEqualTo(replay);
      assertThat(nearest(books, query)).as("look %d", looks).isEqualTo(hits);
      looks++;
    } while (!List.of("done", "failed").contains(state));
    assertThat(state).as(tidemark.get("/admin/jobs?id=" + id).body()).isEqualTo("done");
    assertThat(figure(tidemark, id, "files_read")).isGreaterThan(1);
    assertThat(figure(tidemark, id, "rows_kept")).isEqualTo(replay.size());

    // Deletes and upserts of rows that were rewritten, before the new files are looked at or after.
    for (int round = 0; round < 6; round++) {
      delete(client, books, replay, 200 + round * 60, 10);
      write(books, replay, 900 + round * 5, 5, 100 + round, true);
      assertThat(versions(books)).as("round %d", round).isEqualTo(replay);
      Thread.sleep(400);
    }
    books.flush();
    assertThat(versions(books)).isEqualTo(replay);
    assertThat(books.count()).isEqualTo(replay.size());
  }

  @Test
  void aClusteringKeyThatCannotBeIsRefused(MilvusClientV2 client) {
    TestCollection books = TestCollection.quick(client, DIMENSION);
    assertThatThrownBy(() ->
            client.alterCollectionProperties(
                AlterCollectionPropertiesReq.builder()
                    .collectionName(books.name())
                    .properties(Map.of("clustering.key", "vector"))
                    .build()))
        .hasMessageContaining("clustering.key is field vector of type FLOAT_VECTOR");
    client.alterCollectionProperties(
        AlterCollectionPropertiesReq.builder()
            .collectionName(books.name())
            .properties(Map.of("clustering.key", "id"))
            .build());
  }

  private void write(
      TestCollection books,
      Map<Long, Long> replay,
      long first,
      int count,
      long version,
      boolean upsert) {
    List<JsonObject> rows = new ArrayList<>();
    for (long key = first; key < first + count; key++) {
      float[] vector = Vectors.random(new Random(key), DIMENSION);
      rows.add(Row.of("id", key, "vector", vector, "version", version));
      replay.put(key, version);
    }
    if (upsert) {
      books.upsert(rows.toArray(JsonObject[]::new));
    } else {
      books.insert(rows);
    }
  }

  private static void delete(
      MilvusClientV2 client, TestCollection books, Map<Long, Long> replay, long first, int count) {
    List<Object> keys = new ArrayList<>();
    for (long key = first; key < first + count; key++) {
      keys.add(key);
      replay.remove(key);
    }
    client.delete(DeleteReq.builder().collectionName(books.name()).ids(keys).build());
  }

  private static Map<Long, Long> versions(TestCollection books) {
    Map<Long, Long> versions = new TreeMap<>();
    for (Map<String, Object> row : books.rows("id >= 0", "id", "version")) {
      versions.put((Long) row.get("id"), ((Number) row.get("version")).longValue());
    }
    return versions;
  }

  /** By exact search or over an index: of so few rows it is the same. */
  private static List<Object> nearest(TestCollection books, float[] query) {
    return TestCollection.idsOf(books.hits(books.search(query).limit(10)));
  }

  private static String ask(TidemarkProcess tidemark, TestCollection books) throws Exception {
    String answer =
        tidemark
            .post(
                "/admin/jobs?kind=compact&force=true&index-rows-min=500&collection=" + books.name())
            .body();
    return JsonParser.parseString(answer).getAsJsonObject().get("id").getAsString();
  }

  private static JsonObject job(TidemarkProcess tidemark, String id) throws Exception {
    return JsonParser.parseString(tidemark.get("/admin/jobs?id=" + id).body()).getAsJsonObject();
  }

  private static String state(TidemarkProcess tidemark, String id) throws Exception {
    return job(tidemark, id).get("state").getAsString();
  }

  private static long figure(TidemarkProcess tidemark, String id, String name) throws Exception {
    return job(tidemark, id).get("figures").getAsJsonObject().get(name).getAsLong();
  }
}
