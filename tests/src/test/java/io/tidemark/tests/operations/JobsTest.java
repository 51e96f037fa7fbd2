package io.tidemark.tests.operations;

import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam;
import io.tidemark.jobs.MaintenanceJobs;
import io.tidemark.jobs.run.JobKind;
import io.tidemark.jobs.run.JobOption;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Batch jobs by hand, on the command line and over HTTP. */
@ExtendWith(SharedTidemark.class)
class JobsTest {
  private static final int DIMENSION = 8;

  private static void fill(TestCollection collection, int rows) {
    Random random = new Random(7);
    List<JsonObject> all =
        LongStream.range(0, rows)
            .mapToObj(id -> {
              float[] vector = new float[DIMENSION];
              for (int i = 0; i < DIMENSION; i++) {
                vector[i] = random.nextFloat();
              }
              return Row.of("id", id, "vector", vector);
            })
            .toList();
    collection.insert(all);
  }

  @Test
  void aJobByHandShowsItsProgressAndWhatItDid(TidemarkProcess tidemark, MilvusClientV2 client) {
    TestCollection books = TestCollection.quick(client, DIMENSION);
    fill(books, 1_500);
    books.flush();

    Cli.Ended ended = Cli.run(tidemark, "index", books.name());
    assertThat(ended.status()).as("%s", ended).isZero();
    assertThat(ended.out())
        .contains("index default." + books.name() + " done")
        // The coordinator may have been faster.
        .containsAnyOf("segments_indexed", "nothing to do");

    Cli.Ended asJson = Cli.run(tidemark, "index", "default." + books.name(), "--json");
    JsonObject job = JsonParser.parseString(asJson.out()).getAsJsonObject();
    assertThat(job.get("state").getAsString()).isEqualTo("done");
    assertThat(job.get("collection").getAsString()).isEqualTo("default." + books.name());
    assertThat(job.get("options").getAsJsonObject().get("force").getAsString()).isEqualTo("true");

    Cli.Ended listed = Cli.run(tidemark, "jobs", "--all");
    assertThat(listed.out()).contains(job.get("id").getAsString()).contains("(user)");
    JsonArray all =
        JsonParser.parseString(Cli.run(tidemark, "jobs", "--all", "--json").out()).getAsJsonArray();
    assertThat(all).anySatisfy(each -> assertThat(each).isEqualTo(job));
  }

  @Test
  void aJobCanBeLeftRunningAndAskedForTwice(TidemarkProcess tidemark) throws Exception {
    Cli.Ended detached = Cli.run(tidemark, "expire", "--all", "--detach");
    assertThat(detached.status()).as("%s", detached).isZero();
    String id = detached.out().trim();

    HttpResponse<String> again = tidemark.post("/admin/jobs?kind=expire&id=" + id);
    assertThat(again.statusCode()).as(again.body()).isEqualTo(202);
    JsonObject same = JsonParser.parseString(again.body()).getAsJsonObject();
    assertThat(same.get("id").getAsString()).isEqualTo(id);
    JsonArray all =
        JsonParser.parseString(tidemark.get("/admin/jobs?all=true").body()).getAsJsonArray();
    assertThat(all).filteredOn(job -> job.toString().contains("\"" + id + "\"")).hasSize(1);
  }

  @Test
  void aJobThatCannotBeDoneFailsWithItsReason(TidemarkProcess tidemark) {
    Cli.Ended ended = Cli.run(tidemark, "snapshot", "import", "/nowhere/at/all");
    assertThat(ended.status()).as("%s", ended).isEqualTo(1);
    assertThat(ended.out()).contains("failed").contains("/nowhere/at/all");

    String id =
        JsonParser.parseString(Cli.run(tidemark, "jobs", "--json").out())
            .getAsJsonArray()
            .asList()
            .stream()
            .map(job -> job.getAsJsonObject())
            .filter(job -> job.get("state").getAsString().equals("failed"))
            .findFirst()
            .orElseThrow()
            .get("id")
            .getAsString();
    Cli.Ended late = Cli.run(tidemark, "jobs", "cancel", id);
    assertThat(late.status()).isEqualTo(1);
    assertThat(late.err()).contains("job " + id + " has ended already: failed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind=paint | 400 | no job is called 'paint'; there are index, ",
        "kind=index&color=red | 400 | index has no option 'color'; there are force, ",
        "kind=index&force=perhaps | 400 | index: force is 'perhaps', expected true or false",
        "kind=index&collection=nowhere | 404 | collection not found[database=default][collection=nowhere]",
        "kind=compact&collection= | 404 | collection not found[database=default][collection=]",
        "kind=compact&database=shop | 400 | database is 'shop', but no collection is given",
        "kind=compact&collection | 400 | parameter 'collection' is not of the form NAME=VALUE",
        "kind=compact&kind=expire | 400 | parameter 'kind' is given twice, as 'compact' and as 'expire'",
        "kind=compact&id= | 400 | job id '' is invalid",
        "kind=compact&id=a%20b%2F..%0A | 400 | job id 'a b/..?' is invalid",
        "kind=compact&id=%FF | 400 | is no UTF-8",
        "kind=compact&deleted-share=NaN | 400 | compact: deleted-share is 'NaN', expected a number above 0",
        "kind=expire&grace=1h | 400 | grace 1h is shorter than 12h",
        "kind=reindex | 400 | reindex: it is of one collection, name it",
      })
  void whatCannotBeAskedForIsRefusedAtOnce(
      String query, int status, String message, TidemarkProcess tidemark) throws Exception {
    HttpResponse<String> answer = tidemark.post("/admin/jobs?" + query);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /admin/jobs?all=maybe | 400 | all is 'maybe', expected true or false",
        "GET | /admin/jobs?ids=1 | 400 | there is no parameter 'ids' here; there are [id, all]",
        "GET | /admin/jobsx | 404 | no such page; there are /status",
        "GET | /healthz/x | 404 | no such page; there are /status",
        "POST | /admin/stores | 405 | POST is not for this page, use GET, HEAD",
        "DELETE | /metrics | 405 | DELETE is not for this page",
        "DELETE | /admin/jobs?id=none&kind=index | 400 | there is no parameter 'kind' here",
        "BODY | /admin/jobs?kind=expire | 400 | no page here reads a body",
      })
  void whatIsAskedForWronglyIsNotGuessed(
      String method, String path, int status, String message, TidemarkProcess tidemark)
      throws Exception {
    boolean body = method.equals("BODY");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + tidemark.httpAddress() + path))
            .method(
                body ? "POST" : method,
                body
                    ? HttpRequest.BodyPublishers.ofString("collection=books")
                    : HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).contains(message);
    }
  }

  @Test
  void anIdThatIsKnownIsNotTakenForAnotherJob(TidemarkProcess tidemark) throws Exception {
    String id = "known-" + Long.toHexString(System.nanoTime());
    String first = "/admin/jobs?kind=snapshot&id=" + id;
    assertThat(tidemark.post(first).statusCode()).isEqualTo(202);
    assertThat(tidemark.post(first).statusCode()).isEqualTo(202);
    HttpResponse<String> other = tidemark.post(first.replace("snapshot", "expire"));
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("job " + id + " is known already").contains("snapshot");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compact --all --database shop | 2 | --all is of all databases",
        "compact --all --data= | 2 | it is empty; give a path, or . for the current folder",
        "job-jar /nowhere/x.jar | 1 | there is no folder /nowhere: make it first",
        "connector-jar / | 1 | / is a folder: give the name of a file in it",
      })
  void commandsThatAreCalledWronglyChangeNothing(String line, int status, String message) {
    Cli.Ended ended = Cli.plain(line.split(" "));
    assertThat(ended.status()).isEqualTo(status);
    assertThat(ended.err()).contains(message);
  }

  @Test
  void anIndexThatBuildsNothingIsRefused(TidemarkProcess tidemark, MilvusClientV2 client) {
    TestCollection flat =
        TestCollection.create(
            client,
            schema(int64Key("id"), vector("vector", DIMENSION)),
            IndexParam.builder()
                .fieldName("vector")
                .indexType(IndexParam.IndexType.FLAT)
                .metricType(IndexParam.MetricType.L2)
                .build());
    Cli.Ended ended = Cli.run(tidemark, "index", flat.name());
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("has no index to build");
  }

  @Test
  void unknownJobsAndOtherMethodsAreRefused(TidemarkProcess tidemark) throws Exception {
    assertThat(tidemark.get("/admin/jobs?id=none").statusCode()).isEqualTo(404);
    assertThat(Cli.run(tidemark, "jobs", "cancel", "none").err()).contains("no job 'none'");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest.Builder to =
          HttpRequest.newBuilder(
              URI.create("http://" + tidemark.httpAddress() + "/admin/jobs?kind=index"));
      HttpRequest put = to.copy().PUT(HttpRequest.BodyPublishers.noBody()).build();
      assertThat(http.send(put, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
      HttpRequest ofPage =
          to.copy()
              .header("Origin", "http://elsewhere.example")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      assertThat(http.send(ofPage, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(403);
    }
  }

  @ParameterizedTest
  @EnumSource(JobKind.class)
  void everyJobHasACommandWhoseHelpNamesItsOptions(JobKind kind) {
    if (!MaintenanceJobs.kinds().contains(kind)) {
      assertThat(Cli.plain(kind.command()).status()).isEqualTo(2);
      return;
    }
    Cli.Ended help = Cli.plain(kind.command(), "--help");
    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("--detach").contains("Exit codes:");
    for (JobOption option : MaintenanceJobs.of(kind).options()) {
      assertThat(help.out()).contains("--" + option.name());
    }
  }

  @Test
  void aCommandWithoutACollectionSaysWhatToGive(TidemarkProcess tidemark) {
    Cli.Ended ended = Cli.run(tidemark, "index");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.err()).contains("give a COLLECTION, or --all");
  }
}
