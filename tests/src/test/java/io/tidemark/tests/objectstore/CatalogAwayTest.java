package io.tidemark.tests.objectstore;

import static io.tidemark.tests.objectstore.StandaloneOnObjectStoreTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.TidemarkProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The catalog, in PostgreSQL, stops answering and later is killed: searches and writes go on, the
 * rows wait, and are all committed once it is back.
 */
class CatalogAwayTest {
  /** Several windows. */
  private static final long AWAY_MS = 3_000;

  private final Map<Long, Long> journal = new TreeMap<>();

  private void upsert(SdkClient client, long from, long to, long version) {
    Books.upsert(client, from, to, version);
    for (long key = from; key < to; key++) {
      journal.put(key, version);
    }
  }

  @Test
  void searchesAndWritesGoOnAndNothingIsLostOrDoubled(@TempDir Path folder) throws Exception {
    Optional<Path> binaries = PostgresServer.installed();
    assumeTrue(binaries.isPresent(), "PostgreSQL's server is not installed (Debian: postgresql)");
    try (PostgresServer catalog = PostgresServer.start(binaries.get(), folder);
        TidemarkProcess tidemark =
            TidemarkProcess.start(
                folder.resolve("data"),
                "--window-ms",
                "500",
                "--catalog",
                catalog.uri(),
                "--catalog.jdbc.socketTimeout",
                "1",
                "--catalog.jdbc.connectTimeout",
                "1")) {
      try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
        Books.create(client);
        upsert(client, 0, 300, 1);
        Books.flush(client);

        catalog.freeze();
        upsert(client, 100, 200, 2);
        checkServing(client);
        TimeUnit.MILLISECONDS.sleep(AWAY_MS);
        upsert(client, 300, 400, 2);
        checkServing(client);
        catalog.thaw();
        Books.flush(client);
        checkServing(client);

        catalog.kill();
        upsert(client, 150, 350, 3);
        checkServing(client);
        TimeUnit.MILLISECONDS.sleep(AWAY_MS);
        upsert(client, 400, 450, 3);
        checkServing(client);
        catalog.restart();
        Books.flush(client);
        checkServing(client);
      }
      assertThat(failuresOfIngest(tidemark)).as("the ingest job waited, and did not fail").isZero();

      // Now from the tables alone.
      tidemark.kill();
      tidemark.restart();
      try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
        await(() -> Books.rows(client).equals(journal));
      }
    }
  }

  /** How often Flink saw it fail. */
  private static int failuresOfIngest(TidemarkProcess tidemark) throws Exception {
    String flink = Files.readString(tidemark.data().resolve("run/flink-web")).trim();
    for (JsonElement job : get(flink, "/jobs/overview").getAsJsonArray("jobs")) {
      JsonObject known = job.getAsJsonObject();
      if (known.get("name").getAsString().equals("tidemark-ingest")
          && known.get("state").getAsString().equals("RUNNING")) {
        return get(flink, "/jobs/" + known.get("jid").getAsString() + "/exceptions")
            .getAsJsonObject("exceptionHistory")
            .getAsJsonArray("entries")
            .size();
      }
    }
    throw new AssertionError("the ingest job does not run");
  }

  private static JsonObject get(String flink, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return JsonParser.parseString(
              client
                  .send(
                      HttpRequest.newBuilder(URI.create("http://" + flink + path)).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body())
          .getAsJsonObject();
    }
  }

  private void checkServing(SdkClient client) {
    assertThat(Books.rows(client)).isEqualTo(journal);
    assertThat(Books.nearest(client, journal.get(120L), 120).getFirst().getFirst()).isEqualTo(120L);
  }
}
