package io.tidemark.tests.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.common.utils.Float16Utils;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.AlterCollectionPropertiesReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.BFloat16Vec;
import io.milvus.v2.service.vector.request.data.BaseVector;
import io.milvus.v2.service.vector.request.data.BinaryVec;
import io.milvus.v2.service.vector.request.data.Float16Vec;
import io.milvus.v2.service.vector.request.data.Int8Vec;
import io.milvus.v2.service.vector.request.data.SparseFloatVec;
import io.tidemark.tests.conformance.Fields;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.conformance.Vectors;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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

  /** Searches before run over every row, after over the graphs that compaction has built. */
  @Test
  void vectorsOfEveryTypeAreTheSameAfterTheyAreCompactedAndIndexed(
      TidemarkProcess tidemark, MilvusClientV2 client) throws Exception {
    TestCollection books =
        TestCollection.create(
            client,
            Fields.schema(
                Fields.int64Key("id"),
                narrow("half", DataType.Float16Vector),
                narrow("brain", DataType.BFloat16Vector),
                narrow("bytes", DataType.Int8Vector),
                AddFieldReq.builder()
                    .fieldName("bits")
                    .dataType(DataType.BinaryVector)
                    .dimension(8 * DIMENSION)
                    .build(),
                Fields.of("sparse", DataType.SparseFloatVector)),
            Fields.autoIndex("half", MetricType.L2),
            Fields.autoIndex("brain", MetricType.COSINE),
            Fields.autoIndex("bytes", MetricType.IP),
            Fields.autoIndex("bits", MetricType.JACCARD),
            Fields.autoIndex("sparse", MetricType.IP));
    for (int file = 0; file < 3; file++) {
      List<JsonObject> rows = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        long id = file * 500L + i;
        List<Float> vector = new ArrayList<>();
        JsonArray bytes = new JsonArray();
        JsonObject sparse = new JsonObject();
        for (int d = 0; d < DIMENSION; d++) {
          vector.add((float) random.nextGaussian());
          bytes.add(random.nextInt(256) - 128);
          sparse.addProperty(String.valueOf(random.nextInt(100)), random.nextFloat());
        }
        rows.add(
            Row.of(
                "id",
                id,
                "half",
                array(Float16Utils.f32VectorToFp16Buffer(vector).array()),
                "brain",
                array(Float16Utils.f32VectorToBf16Buffer(vector).array()),
                "bytes",
                bytes,
                "bits",
                bytes,
                "sparse",
                sparse));
      }
      books.insert(rows);
      books.flush();
    }
    List<Map<String, Object>> before =
        books.rows("id % 50 == 7", "half", "brain", "bytes", "bits", "sparse");
    List<BaseVector> queries = queries(before);
    List<List<Object>> hits = nearest(books, queries);
    String id = ask(tidemark, books);
    String state;
    do {
      Thread.sleep(200);
      state = state(tidemark, id);
    } while (!List.of("done", "failed").contains(state));
    assertThat(state).as(tidemark.get("/admin/jobs?id=" + id).body()).isEqualTo("done");
    assertThat(books.rows("id % 50 == 7", "half", "brain", "bytes", "bits", "sparse"))
        .isEqualTo(before);
    List<List<Object>> after = nearest(books, queries);
    for (int field = 0; field < hits.size(); field++) {
      // A graph may miss one of ten; each row is its own nearest under L2 and cosine.
      assertThat(after.get(field)).filteredOn(hits.get(field)::contains).hasSizeGreaterThan(7);
    }
    assertThat(after.getLast()).as("lists find what a scan finds").isEqualTo(hits.getLast());
    assertThat(sparseRecall(tidemark, books)).doesNotContain("\"recall\":0");
  }

  /** Once lists are served. */
  private static String sparseRecall(TidemarkProcess tidemark, TestCollection books)
      throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      String recall = tidemark.get("/admin/recall?field=sparse&collection=" + books.name()).body();
      if (recall.contains("SPARSE_INVERTED_INDEX")) {
        return recall;
      }
      assertThat(System.nanoTime()).as(recall).isLessThan(deadline);
      Thread.sleep(200);
    }
  }

  private static AddFieldReq narrow(String name, DataType type) {
    return AddFieldReq.builder().fieldName(name).dataType(type).dimension(DIMENSION).build();
  }

  private static JsonArray array(byte[] bytes) {
    JsonArray array = new JsonArray();
    for (byte value : bytes) {
      array.add(value);
    }
    return array;
  }

  @SuppressWarnings("unchecked") // the SDK gives sparse vectors as such maps
  private static List<BaseVector> queries(List<Map<String, Object>> rows) {
    Map<String, Object> row = rows.getFirst();
    return List.of(
        new Float16Vec((ByteBuffer) row.get("half")),
        new BFloat16Vec((ByteBuffer) row.get("brain")),
        new Int8Vec((ByteBuffer) row.get("bytes")),
        new BinaryVec((ByteBuffer) row.get("bits")),
        new SparseFloatVec((SortedMap<Long, Float>) row.get("sparse")));
  }

  private static List<List<Object>> nearest(TestCollection books, List<BaseVector> queries) {
    List<List<Object>> hits = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      hits.add(
          TestCollection.idsOf(
              books.hits(
                  SearchReq.builder()
                      .collectionName(books.name())
                      .annsField(List.of("half", "brain", "bytes", "bits", "sparse").get(i))
                      .data(List.of(queries.get(i)))
                      // Random bits are in no lists that a few would do of; graphs know no lists.
                      .searchParams(Map.of("nprobe", 64))
                      .limit(10)
                      .consistencyLevel(ConsistencyLevel.STRONG))));
    }
    return hits;
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
