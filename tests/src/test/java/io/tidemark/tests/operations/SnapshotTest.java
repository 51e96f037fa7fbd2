package io.tidemark.tests.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.response.QueryResp;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Named states: searched as of, restored beside the present, backed up and brought back. */
@ExtendWith(SharedTidemark.class)
class SnapshotTest {
  private static final int DIMENSION = 8;
  private static final int ROWS = 1_500;

  @TempDir Path folder;

  private static float[] vector(long id) {
    Random random = new Random(id);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = random.nextFloat() - 0.5f;
    }
    return vector;
  }

  private static List<JsonObject> rows(long from, long to, String text) {
    return LongStream.range(from, to)
        .mapToObj(id -> Row.of("id", id, "vector", vector(id), "text", text + id))
        .toList();
  }

  private static void delete(TestCollection collection, String filter) {
    collection
        .client()
        .delete(DeleteReq.builder().collectionName(collection.name()).filter(filter).build());
  }

  private static void snapshot(TidemarkProcess tidemark, String... arguments) {
    Cli.Ended ended =
        Cli.run(
            tidemark,
            Stream.concat(Stream.of("snapshot"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(ended.status()).as("%s", ended).isZero();
  }

  private static List<Object> nearest(TestCollection collection, Map<String, Object> params) {
    return TestCollection.idsOf(
        collection.hits(collection.search(vector(7)).limit(10).searchParams(params)));
  }

  private static long count(TestCollection collection, Map<String, Object> params) {
    List<QueryResp.QueryResult> counted =
        collection
            .client()
            .query(
                QueryReq.builder()
                    .collectionName(collection.name())
                    .filter("")
                    .outputFields(List.of("count(*)"))
                    .queryParams(params)
                    .build())
            .getQueryResults();
    return (Long) counted.getFirst().getEntity().get("count(*)");
  }

  private static void load(TestCollection collection) {
    collection
        .client()
        .loadCollection(LoadCollectionReq.builder().collectionName(collection.name()).build());
  }

  @Test
  void aStateIsReadRestoredAndBroughtBackElsewhere(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    TestCollection books = TestCollection.quick(client, DIMENSION);
    books.insert(rows(0, ROWS, "first "));
    delete(books, "id < 5");
    Map<String, Object> now = Map.of();
    List<Object> nearest = nearest(books, now);
    assertThat(nearest).hasSize(10).contains(7L);
    snapshot(tidemark, books.name(), "--action", "create", "--name", "then");

    delete(books, "id in [7, 8, 9]");
    Instant between = Instant.now();
    Thread.sleep(2);
    delete(books, "id >= 100");
    books.insert(rows(9_000, 9_010, "later "));
    assertThat(books.count()).isEqualTo(92 + 10);
    Map<String, Object> then = Map.of("as_of", "then");
    assertThat(count(books, then)).isEqualTo(ROWS - 5);
    assertThat(nearest(books, then)).isEqualTo(nearest);
    assertThat(count(books, Map.of("as_of", between.toString()))).isEqualTo(ROWS - 8);
    assertThatThrownBy(() -> count(books, Map.of("as_of", "never")))
        .hasMessageContaining("no snapshot named 'never'; there are [then]");
    client.releaseCollection(ReleaseCollectionReq.builder().collectionName(books.name()).build());
    assertThat(nearest(books, then)).isEqualTo(nearest);

    String alias = books.name() + "_alias";
    client.createAlias(CreateAliasReq.builder().collectionName(books.name()).alias(alias).build());
    assertThat(
            Cli.run(
                    tidemark,
                    "snapshot",
                    books.name(),
                    "--action",
                    "restore",
                    "--name",
                    "then",
                    "--as",
                    alias)
                .toString())
        .contains("is an alias in database default");
    TestCollection restored = new TestCollection(client, books.name() + "_then");
    snapshot(
        tidemark, books.name(), "--action", "restore", "--name", "then", "--as", restored.name());
    load(restored);
    assertThat(restored.count()).isEqualTo(ROWS - 5);
    assertThat(nearest(restored, now)).isEqualTo(nearest);
    restored.upsert(rows(20, 21, "again ").getFirst());
    assertThat(restored.rows("id in [20, 21]", "text"))
        .containsExactly(
            Map.of("id", 20L, "text", "again 20"), Map.of("id", 21L, "text", "first 21"));

    Path backup = folder.resolve("backup");
    snapshot(
        tidemark, books.name(), "--action", "backup", "--name", "then", "--to", backup.toString());
    assertThat(backup.resolve("tidemark-backup.json")).exists();
    assertComesBack(books.name(), backup, nearest);
  }

  private void assertComesBack(String name, Path backup, List<Object> nearest) throws Exception {
    Path data = folder.resolve("elsewhere");
    try (TidemarkProcess empty = TidemarkProcess.start(data, "--window-ms", "1000");
        SdkClient client = SdkClient.to(empty.grpcAddress())) {
      snapshot(empty, "--all", "--action", "import", "--from", backup.toString());
      TestCollection books = new TestCollection(client, name);
      load(books);
      assertThat(books.count()).isEqualTo(ROWS - 5);
      assertThat(nearest(books, Map.of())).isEqualTo(nearest);
      books.insert(rows(9_000, 9_100, "here "));
      delete(books, "id == 7");
      books.flush();
      assertThat(books.count()).isEqualTo(ROWS - 6 + 100);
      assertThat(books.ids("id in [6, 7, 9000]")).containsExactly(6L, 9_000L);
    }
  }
}
