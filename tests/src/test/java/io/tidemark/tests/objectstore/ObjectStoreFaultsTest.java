package io.tidemark.tests.objectstore;

import static io.tidemark.tests.objectstore.StandaloneOnObjectStoreTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.objectstore.FaultyWay.Faults;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One request of five fails, some answers are lost and some connections stall, while a whole
 * Tidemark writes, indexes, compacts, serves and loads anew. {@code -Dseed=N} repeats a run.
 */
class ObjectStoreFaultsTest {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 3);

  @Test
  void everyAnswerIsRightHoweverTheStoreFails(@TempDir Path folder) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("ObjectStoreFaultsTest seed=" + seed);
    Map<Long, Long> journal = new TreeMap<>();
    try (ObjectStore store = ObjectStore.start(folder.resolve("store"));
        FaultyWay way = FaultyWay.to(store.port(), seed);
        TidemarkProcess tidemark =
            TidemarkProcess.start(
                folder.resolve("data"),
                "--warehouse",
                "s3a://" + ObjectStore.BUCKET + "/warehouse",
                "--hadoop-conf",
                store.coreSite(way.port()).toString(),
                "--window-ms",
                "1000",
                "--segment-rows",
                "1000")) {
      try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
        Books.create(client);
        way.set(new Faults(0.2, 0.02, 0.01, 2_000));
        for (int round = 1; round <= ROUNDS; round++) {
          long from = round * 400L;
          Books.upsert(client, from, from + 800, round);
          for (long key = from; key < from + 800; key++) {
            journal.put(key, (long) round);
          }
          Books.flush(client);
          assertThat(Books.rows(client)).as("seed %d, round %d", seed, round).isEqualTo(journal);
        }
        assertThat(tidemark.post("/admin/jobs?kind=compact").statusCode()).isLessThan(300);
        await(() -> !store.objects("warehouse/indexes/").isEmpty());
        checkSearch(client, journal);
      }

      tidemark.kill();
      tidemark.restart();
      try (SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
        await(() -> Books.rows(client).equals(journal));
        checkSearch(client, journal);
      }
      assertThat(way.failed()).as("of %d requests", way.requests()).isGreaterThan(20);
    }
  }

  private static void checkSearch(SdkClient client, Map<Long, Long> journal) {
    for (long key : new long[] {450, 900, 1500}) {
      assertThat(Books.nearest(client, journal.get(key), key).getFirst().getFirst()).isEqualTo(key);
    }
  }
}
