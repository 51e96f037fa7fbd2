package io.tidemark.tests.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.exception.MilvusClientException;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.StockFlink;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standalone Tidemark whose tables and index files are on an object store. */
class StandaloneOnObjectStoreTest {
  @Test
  void everythingWorksAndIsThereAgainAfterAKill(@TempDir Path folder) throws Exception {
    try (ObjectStore store = ObjectStore.start(folder.resolve("store"));
        TidemarkProcess tidemark =
            TidemarkProcess.start(
                folder.resolve("data"),
                "--warehouse",
                "s3a://" + ObjectStore.BUCKET + "/warehouse",
                "--hadoop-conf",
                store.coreSite(store.port()).toString(),
                "--checkpoints",
                "s3a://" + ObjectStore.BUCKET + "/checkpoints",
                "--cache-mb",
                "1",
                "--segment-rows",
                "1000")) {
      List<List<Object>> before;
      try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
        Books.create(client);
        Books.upsert(client, 0, 1500, 1);
        Books.upsert(client, 0, 100, 2);
        Books.flush(client);
        await(() -> store.objects("warehouse/indexes/").size() == 1);
        await(() -> metric(tidemark, "tidemark_index_downloads_total") == 1);
        assertThat(metric(tidemark, "tidemark_cache_bytes")).isBetween(1.0, 1024.0 * 1024);
        await(() ->
            store.objects("checkpoints/ingest/").stream()
                .anyMatch(object -> object.endsWith("_metadata")));
        before = Books.nearest(client, 1, 200, 700, 1400);
        assertThat(before).extracting(List::getFirst).containsExactly(200L, 700L, 1400L);
      }

      tidemark.kill();
      tidemark.restart();

      try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
        await(() -> Books.rows(client).size() == 1500);
        assertThat(Books.nearest(client, 1, 200, 700, 1400)).isEqualTo(before);
        assertThat(Books.nearest(client, 2, 50)).extracting(List::getFirst).containsExactly(50L);
        assertThat(metric(tidemark, "tidemark_index_downloads_total"))
            .as("kept in the cache")
            .isZero();
        readFromAStockFlink(tidemark, Files.createDirectories(folder.resolve("flink")));
        drop(client);
      }
      await(() -> store.objects("warehouse/indexes/").isEmpty());
      assertThat(store.objects("warehouse/tables/default/")).isEmpty();
    }
  }

  /** Which is given the store's keys, since the server tells no secrets. */
  private static void readFromAStockFlink(TidemarkProcess tidemark, Path folder) throws Exception {
    try (StockFlink flink =
        StockFlink.run(
            folder,
            tidemark.createCatalog(
                ", 'lake.properties.fs.s3a.access.key'='%s', 'lake.properties.fs.s3a.secret.key'='%s'"
                    .formatted(ObjectStore.IDENTITY, ObjectStore.CREDENTIAL)),
            "SELECT CONCAT('rows ', CAST(COUNT(*) AS STRING)), SUM(version) FROM tidemark.`default`.books")) {
      assertThat(flink.printed()).contains("+I[rows 1500, 1600]");
    }
  }

  private static void drop(MilvusClientV2 client) {
    client.dropCollection(
        io.milvus.v2.service.collection.request.DropCollectionReq.builder()
            .collectionName(Books.NAME)
            .build());
  }

  static double metric(TidemarkProcess tidemark, String name) throws Exception {
    return tidemark
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElse(-1);
  }

  static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (MilvusClientException e) {
        // Not loaded yet.
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 120 s");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
