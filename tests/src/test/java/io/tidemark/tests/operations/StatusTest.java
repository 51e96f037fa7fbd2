package io.tidemark.tests.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.tidemark.standalone.status.Metric;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a running Tidemark says of itself. */
@ExtendWith(SharedTidemark.class)
class StatusTest {
  private static JsonObject status(TidemarkProcess tidemark) {
    Cli.Ended ended = Cli.run(tidemark, "status", "--json");
    assertThat(ended.status()).as(ended.err()).isZero();
    return JsonParser.parseString(ended.out()).getAsJsonObject();
  }

  private static JsonObject collection(JsonObject status, TestCollection wanted) {
    return status.get("collections").getAsJsonArray().asList().stream()
        .map(each -> each.getAsJsonObject())
        .filter(each -> each.get("name").getAsString().equals("default." + wanted.name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theStatusFollowsRowsFromTheLogToTheTable(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    TestCollection books = TestCollection.quick(client, 2);
    books.insert(
        Row.of("id", 1L, "vector", new float[] {1, 2}),
        Row.of("id", 2L, "vector", new float[] {2, 1}));
    books.flush();
    JsonObject shown = collection(status(tidemark), books);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while ((shown.get("rows").getAsLong() < 2 || shown.get("growing_rows").getAsLong() > 0)
        && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(100);
      shown = collection(status(tidemark), books);
    }
    assertThat(shown.get("rows").getAsLong()).isEqualTo(2);
    assertThat(shown.get("live_rows").getAsLong()).isEqualTo(2);
    assertThat(shown.get("growing_rows").getAsLong()).isZero();
    assertThat(shown.get("pending_rows").getAsLong()).as("too few for an index").isZero();
    assertThat(shown.get("load").getAsString()).isEqualTo("loaded");
    assertThat(shown.get("files").getAsLong()).isPositive();
    assertThat(shown.get("bytes").getAsLong()).isPositive();
    assertThat(shown.get("committed_behind_ms").getAsLong()).isBetween(0L, 60_000L);

    JsonObject all = status(tidemark);
    assertThat(all.get("health").getAsString()).isEqualTo("ok");
    assertThat(all.get("parts").getAsJsonObject().get("coordinator").getAsString())
        .isEqualTo("RUNNING");
    assertThat(all.get("stages").getAsJsonObject().keySet())
        .containsExactly("logged_ms", "committed", "indexed", "loaded");
    assertThat(all.get("totals").getAsJsonObject().get("log_bytes").getAsLong()).isPositive();
  }

  @Test
  void thePageForPeopleNamesStagesJobsAndCollections(
      TidemarkProcess tidemark, MilvusClientV2 client) {
    TestCollection books = TestCollection.quick(client, 2);
    assertThat(Cli.run(tidemark, "expire", "--all").status()).isZero();
    // A report may be as old as it takes to make one.
    String page = Cli.run(tidemark, "status").out();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!(page.contains("default." + books.name())
            && page.contains("expire of all collections done"))
        && System.nanoTime() < deadline) {
      page = Cli.run(tidemark, "status").out();
    }
    assertThat(page)
        .contains("health       ok")
        .contains(tidemark.data().toString())
        .contains("logged →")
        .contains("committed →")
        .contains("indexed →")
        .contains("expire of all collections done")
        .contains("default." + books.name());
  }

  @Test
  void metricsAreThoseOfTheListAndTheDocumentation(TidemarkProcess tidemark) throws Exception {
    String metrics = tidemark.get("/metrics").body();
    assertThat(metrics.lines().filter(line -> line.startsWith("# TYPE ")))
        .containsExactlyElementsOf(
            Stream.of(Metric.values())
                .map(metric -> "# TYPE " + metric.title() + " " + metric.type())
                .toList());
    assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
        .isNotEmpty()
        .allSatisfy(line ->
            assertThat(line)
                .matches(
                    "tidemark_[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? -?[0-9.]+"));

    List<String> documented =
        Files.readString(Path.of("..", "docs", "operations.md"))
            .lines()
            .filter(line -> line.startsWith("| `tidemark_"))
            .toList();
    assertThat(documented)
        .containsExactlyElementsOf(
            Stream.of(Metric.values())
                .map(metric ->
                    "| `"
                        + metric.title()
                        + "` | "
                        + metric.type()
                        + " | "
                        + String.join(", ", metric.labels())
                        + " | "
                        + metric.help()
                        + " |")
                .toList());
  }

  @Test
  void anExplainedSearchIsShownOnTheCommandLine(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    TestCollection books = TestCollection.quick(client, 2);
    Cli.Ended before = Cli.run(tidemark, "explain", books.name());
    assertThat(before.status()).as(before.err()).isZero();
    assertThat(before.out()).contains("no search was explained yet");
    books.insert(
        Row.of("id", 1L, "vector", new float[] {1, 2}),
        Row.of("id", 2L, "vector", new float[] {2, 1}));
    assertThat(
            TestCollection.idsOf(
                books.hits(
                    books
                        .search(new float[] {1, 2})
                        .filter("id > 1")
                        .searchParams(Map.of("explain", true))
                        .limit(5))))
        .containsExactly(2L);
    assertThat(Cli.run(tidemark, "explain", books.name()).out())
        .contains("default." + books.name() + ", field vector, limit 5, 1 query: filter ")
        .containsPattern(" 2 +2 +1  exact +1 ");
    assertThat(Cli.run(tidemark, "explain", books.name(), "--last", "9", "--json").out())
        .contains("\"plans\":{\"exact\":1},\"scored\":1");
    assertThat(tidemark.get("/admin/explain?what=1").statusCode()).isEqualTo(400);
    Cli.Ended none = Cli.run(tidemark, "explain", "no_such_collection");
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err())
        .contains("collection not found[database=default][collection=no_such_collection]");
    assertThat(tidemark.get("/metrics").body())
        .contains("tidemark_segment_searches_total{plan=\"exact\"}");
  }

  @Test
  void recallIsMeasuredOnTheCommandLine(TidemarkProcess tidemark, MilvusClientV2 client) {
    TestCollection books = TestCollection.quick(client, 2);
    Cli.Ended empty = Cli.run(tidemark, "recall", books.name());
    assertThat(empty.status()).isEqualTo(1);
    assertThat(empty.err()).contains("has no rows with a vector to ask for");
    books.insert(
        Row.of("id", 1L, "vector", new float[] {1, 2}),
        Row.of("id", 2L, "vector", new float[] {2, 1}),
        Row.of("id", 3L, "vector", new float[] {3, 5}));
    assertThat(books.count()).as("and so is what is asked next").isEqualTo(3);
    Cli.Ended told = Cli.run(tidemark, "recall", books.name(), "--k", "2", "--filter", "id < 9");
    assertThat(told.status()).as(told.err()).isZero();
    assertThat(told.out())
        .contains("default." + books.name() + ": recall@2 of 3 stored rows among 3")
        .containsPattern(
            "total +1\\.0000  \\(0\\.43\\d to 1\\.000\\)  6 of 6 true hits, 3 queries");
    Cli.Ended json = Cli.run(tidemark, "recall", "default." + books.name(), "--json");
    assertThat(JsonParser.parseString(json.out()).getAsJsonObject().get("queries").getAsInt())
        .isEqualTo(3);
    assertThat(Cli.run(tidemark, "recall", "no_such").err())
        .contains("collection not found[database=default][collection=no_such]");
    assertThat(Cli.run(tidemark, "recall", books.name(), "--params", "{").err())
        .contains("expected a JSON object such as");
    client.releaseCollection(ReleaseCollectionReq.builder().collectionName(books.name()).build());
    assertThat(Cli.run(tidemark, "recall", books.name()).err())
        .contains("is not loaded: load it first");
    assertThat(Cli.run(tidemark, "recall").status()).isEqualTo(2);
  }

  @Test
  void flinksOwnPagesAreThereAndTakeNoJars(TidemarkProcess tidemark) throws Exception {
    String flink = status(tidemark).get("addresses").getAsJsonObject().get("flink").getAsString();
    assertThat(tidemark.console()).contains("Flink's pages on http://" + flink);
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI pages = URI.create("http://" + flink);
      HttpResponse<String> page =
          http.send(
              HttpRequest.newBuilder(pages.resolve("/")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("<html");
      HttpResponse<String> jobs =
          http.send(
              HttpRequest.newBuilder(pages.resolve("/jobs/overview")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(jobs.body()).contains("tidemark-ingest").contains("tidemark-coordinator");
      HttpResponse<String> jars =
          http.send(
              HttpRequest.newBuilder(pages.resolve("/jars")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(jars.statusCode()).as(jars.body()).isEqualTo(404);
    }
  }

  @Test
  void nothingRunningIsSaidSo(@org.junit.jupiter.api.io.TempDir Path empty) {
    Cli.Ended ended = Cli.plain("status", "--data", empty.toString());
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("nothing runs on " + empty).contains("tidemark start");
  }
}
