package io.tidemark.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.client.RetryConfig;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.exception.MilvusClientException;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.QueryResp;
import io.tidemark.tests.process.BackgroundJob;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the whole process with SIGKILL at random moments while clients write and a job works on
 * what they wrote; after every restart the rows must be exactly the journal's. {@code
 * -Dfaults.rounds=N} for more rounds, {@code -Dseed=N} to repeat a run.
 */
class CrashTest {
  private static final String COLLECTION = "journal";
  private static final int DIMENSION = 8;
  private static final int KEYS_PER_WRITER = 1_500;
  private static final int WRITERS = 2;
  private static final int WRITES_BEFORE_A_KILL = 10;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final int rounds = Integer.getInteger("faults.rounds", 4);

  /** What may be cut off by the kill. */
  private static final List<Map<String, String>> JOBS =
      List.of(
          Map.of("kind", "compact", "force", "true", "index-rows-min", "200"),
          Map.of("kind", "expire", "snapshot-age", "0s", "log-keep", "0s"),
          Map.of("kind", "index", "force", "true", "index-rows-min", "200"),
          Map.of("kind", "snapshot", "action", "create", "name", "round"));

  private final Journal journal = new Journal();
  private final AtomicLong versions = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();

  @Test
  void afterEveryKillTheRowsAreExactlyTheJournals(@TempDir Path folder) throws Exception {
    System.err.println("CrashTest seed=" + seed + " rounds=" + rounds);
    Random random = new Random(seed);
    try (TidemarkProcess tidemark =
        TidemarkProcess.start(
            folder.resolve("data"),
            "--window-ms",
            "1000",
            "--segment-rows",
            "2000",
            "--segment-idle-ms",
            "1500")) {
      try (SdkClient client = connect(tidemark)) {
        create(client);
      }
      for (int round = 1; round <= rounds; round++) {
        Map<String, String> job = new HashMap<>(JOBS.get((round - 1) % JOBS.size()));
        job.computeIfPresent("name", (option, name) -> name + seed);
        if (!job.get("kind").equals("expire")) {
          job.put("collection", COLLECTION);
        }
        writeUntilKilled(tidemark, random.nextLong(), 300 + random.nextInt(3_000), job);
        tidemark.restart();
        try (SdkClient client = connect(tidemark)) {
          Map<Long, Long> rows = awaitRows(client);
          assertThat(journal.check(rows))
              .as("seed %d, round %d, %d keys", seed, round, journal.size())
              .isEmpty();
          checkSearch(client, rows);
        }
      }
      assertThat(journal.size()).as("keys written").isGreaterThan(100);
    }
  }

  private void writeUntilKilled(
      TidemarkProcess tidemark, long roundSeed, long killAfterMs, Map<String, String> job)
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      Random random = new Random(roundSeed + writer);
      long firstKey = (long) writer * KEYS_PER_WRITER;
      writers.add(Thread.ofPlatform().start(() -> write(tidemark, random, firstKey, stop)));
    }
    awaitAcknowledged(acknowledged.get() + WRITES_BEFORE_A_KILL);
    // What comes of it is told by the rows.
    var unused = BackgroundJob.start(tidemark, job);
    TimeUnit.MILLISECONDS.sleep(killAfterMs);
    tidemark.kill();
    stop.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private void awaitAcknowledged(long writes) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (acknowledged.get() < writes) {
      assertThat(System.nanoTime()).as("seed %d: nothing is written", seed).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void write(TidemarkProcess tidemark, Random random, long firstKey, AtomicBoolean stop) {
    try (SdkClient client = connect(tidemark)) {
      while (!stop.get()) {
        List<Long> keys = keys(random, firstKey);
        boolean delete = random.nextInt(4) == 0;
        long version = delete ? Journal.ABSENT : versions.incrementAndGet();
        try {
          if (delete) {
            client.delete(
                DeleteReq.builder().collectionName(COLLECTION).ids(new ArrayList<>(keys)).build());
          } else {
            client.upsert(
                UpsertReq.builder().collectionName(COLLECTION).data(rows(keys, version)).build());
          }
          journal.acknowledged(keys, version);
          acknowledged.incrementAndGet();
        } catch (MilvusClientException e) {
          journal.unanswered(keys, version);
          return;
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (MilvusClientException e) {
      assertThat(
              stop.get()
                  || !ProcessHandle.of(tidemark.pid()).map(ProcessHandle::isAlive).orElse(false))
          .as("connecting failed: %s", e)
          .isTrue();
    }
  }

  private static List<Long> keys(Random random, long firstKey) {
    Set<Long> keys = new HashSet<>();
    int count = 1 + random.nextInt(40);
    while (keys.size() < count) {
      keys.add(firstKey + random.nextInt(KEYS_PER_WRITER));
    }
    return List.copyOf(keys);
  }

  private static List<JsonObject> rows(List<Long> keys, long version) {
    List<JsonObject> rows = new ArrayList<>();
    for (long key : keys) {
      JsonObject row = new JsonObject();
      row.addProperty("id", key);
      row.addProperty("version", version);
      JsonArray vector = new JsonArray();
      for (float value : vector(key, version)) {
        vector.add(value);
      }
      row.add("vector", vector);
      rows.add(row);
    }
    return rows;
  }

  private static float[] vector(long key, long version) {
    Random random = new Random(key * 1_000_003 + version);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = random.nextFloat();
    }
    return vector;
  }

  private static void create(MilvusClientV2 client) {
    CreateCollectionReq.CollectionSchema schema = MilvusClientV2.CreateSchema();
    schema.addField(
        AddFieldReq.builder().fieldName("id").dataType(DataType.Int64).isPrimaryKey(true).build());
    schema.addField(AddFieldReq.builder().fieldName("version").dataType(DataType.Int64).build());
    schema.addField(
        AddFieldReq.builder()
            .fieldName("vector")
            .dataType(DataType.FloatVector)
            .dimension(DIMENSION)
            .build());
    IndexParam index =
        IndexParam.builder()
            .fieldName("vector")
            .indexType(IndexParam.IndexType.AUTOINDEX)
            .metricType(IndexParam.MetricType.L2)
            .build();
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(COLLECTION)
            .collectionSchema(schema)
            .indexParams(List.of(index))
            .build());
    client.insert(seedRow());
  }

  private static InsertReq seedRow() {
    return InsertReq.builder()
        .collectionName(COLLECTION)
        .data(rows(List.of((long) WRITERS * KEYS_PER_WRITER), 0))
        .build();
  }

  /**
   * The collection is loaded again by itself; until then reads are refused as retriable or not
   * loaded.
   */
  private Map<Long, Long> awaitRows(MilvusClientV2 client) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      try {
        return allRows(client);
      } catch (MilvusClientException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private static Map<Long, Long> allRows(MilvusClientV2 client) {
    Map<Long, Long> rows = new HashMap<>();
    List<QueryResp.QueryResult> results =
        client
            .query(
                QueryReq.builder()
                    .collectionName(COLLECTION)
                    .filter("id >= 0 and id < " + WRITERS * KEYS_PER_WRITER)
                    .outputFields(List.of("id", "version", "vector"))
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getQueryResults();
    for (QueryResp.QueryResult result : results) {
      long key = (Long) result.getEntity().get("id");
      long version = (Long) result.getEntity().get("version");
      assertThat(rows.put(key, version)).as("key %d comes twice", key).isNull();
      @SuppressWarnings("unchecked")
      List<Float> vector = (List<Float>) result.getEntity().get("vector");
      float[] expected = vector(key, version);
      for (int i = 0; i < DIMENSION; i++) {
        assertThat(vector.get(i)).as("vector of key %d", key).isEqualTo(expected[i]);
      }
    }
    return rows;
  }

  private static void checkSearch(MilvusClientV2 client, Map<Long, Long> rows) {
    rows.entrySet().stream()
        .limit(20)
        .forEach(row -> {
          Object nearest =
              client
                  .search(
                      SearchReq.builder()
                          .collectionName(COLLECTION)
                          .data(List.of(new FloatVec(vector(row.getKey(), row.getValue()))))
                          .limit(1)
                          .consistencyLevel(ConsistencyLevel.STRONG)
                          .build())
                  .getSearchResults()
                  .getFirst()
                  .getFirst()
                  .getId();
          assertThat(nearest).isEqualTo(row.getKey());
        });
  }

  private static SdkClient connect(TidemarkProcess tidemark) throws IOException {
    SdkClient client =
        new SdkClient(
            ConnectConfig.builder()
                .uri("http://" + tidemark.grpcAddress())
                .connectTimeoutMs(30_000)
                .rpcDeadlineMs(10_000)
                .build());
    client.retryConfig(RetryConfig.builder().maxRetryTimes(1).build());
    return client;
  }
}
