package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.tidemark.tests.process.SharedTidemark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A collection of several shards and partitions under random upserts, deletes and flushes, held
 * after every few operations against a plain map. {@code -Dseed=N} repeats a run.
 */
@ExtendWith(SharedTidemark.class)
class RandomOperationsTest {
  private static final int OPERATIONS = 150;
  private static final int KEYS = 120;
  private static final List<String> PARTITIONS = List.of("_default", "left", "right");

  private record Entity(long version, String partition) {}

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<Object, Entity> expected = new HashMap<>();
  private long versions;

  @ParameterizedTest
  @CsvSource({"Int64, 1", "Int64, 4", "VarChar, 3"})
  void theCollectionIsWhatTheOperationsMadeOfIt(
      DataType keyType, int shards, MilvusClientV2 client) {
    TestCollection made = create(client, keyType, shards);
    for (int operation = 1; operation <= OPERATIONS; operation++) {
      apply(made, keyType);
      if (operation % 10 == 0) {
        check(made, operation);
      }
    }
    made.flush();
    check(made, OPERATIONS);
    assertThat(expected).as("seed %d leaves rows", seed).isNotEmpty();
  }

  private static TestCollection create(MilvusClientV2 client, DataType keyType, int shards) {
    String name = TestCollection.unique("random");
    client.createCollection(
        CreateCollectionReq.builder()
            .collectionName(name)
            .collectionSchema(
                schema(
                    keyType == DataType.Int64 ? Fields.int64Key("id") : Fields.varcharKey("id", 20),
                    Fields.of("version", DataType.Int64),
                    vector("v", 2)))
            .indexParams(List.of(autoIndex("v", MetricType.L2)))
            .numShards(shards)
            .build());
    for (String partition : PARTITIONS.subList(1, PARTITIONS.size())) {
      client.createPartition(
          CreatePartitionReq.builder().collectionName(name).partitionName(partition).build());
    }
    return new TestCollection(client, name);
  }

  private void apply(TestCollection made, DataType keyType) {
    switch (random.nextInt(8)) {
      case 0 -> made.flush();
      case 1 -> deleteByVersion(made);
      case 2, 3 -> deleteByKeys(made, keyType);
      default -> upsert(made, keyType);
    }
  }

  private List<Object> someKeys(DataType keyType) {
    TreeSet<Integer> keys = new TreeSet<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      keys.add(random.nextInt(KEYS));
    }
    return keys.stream().map(key -> key(keyType, key)).toList();
  }

  private static Object key(DataType keyType, int number) {
    return keyType == DataType.Int64 ? (Object) (long) number : "key " + number;
  }

  private void upsert(TestCollection made, DataType keyType) {
    String partition = PARTITIONS.get(random.nextInt(PARTITIONS.size()));
    List<JsonObject> rows = new ArrayList<>();
    for (Object key : someKeys(keyType)) {
      long version = ++versions;
      rows.add(Row.of("id", key, "version", version, "v", at(version)));
      expected.put(key, new Entity(version, partition));
    }
    made.client()
        .upsert(
            UpsertReq.builder()
                .collectionName(made.name())
                .partitionName(partition)
                .data(rows)
                .build());
  }

  private static float[] at(long version) {
    return new float[] {version, -version};
  }

  private void deleteByKeys(TestCollection made, DataType keyType) {
    List<Object> keys = someKeys(keyType);
    made.client().delete(DeleteReq.builder().collectionName(made.name()).ids(keys).build());
    keys.forEach(expected::remove);
  }

  private void deleteByVersion(TestCollection made) {
    long from = 1 + random.nextLong(versions + 1);
    long to = from + random.nextInt(15);
    String partition = PARTITIONS.get(random.nextInt(PARTITIONS.size()));
    made.client()
        .delete(
            DeleteReq.builder()
                .collectionName(made.name())
                .partitionName(partition)
                .filter("version >= " + from + " and version < " + to)
                .build());
    expected
        .values()
        .removeIf(entity ->
            entity.partition().equals(partition)
                && entity.version() >= from
                && entity.version() < to);
  }

  private void check(TestCollection made, int operation) {
    String when = "seed " + seed + ", after " + operation + " operations";
    Map<Object, Long> found = new HashMap<>();
    for (Map<String, Object> row : made.rows("version > 0", "id", "version", "v")) {
      assertThat(found.put(row.get("id"), (Long) row.get("version")))
          .as("%s: key %s comes once", when, row.get("id"))
          .isNull();
      float[] vector = at((Long) row.get("version"));
      assertThat(row.get("v")).as(when).isEqualTo(List.of(vector[0], vector[1]));
    }
    Map<Object, Long> versionsOfKeys = new HashMap<>();
    expected.forEach((key, entity) -> versionsOfKeys.put(key, entity.version()));
    assertThat(found).as(when).isEqualTo(versionsOfKeys);
    assertThat(made.count()).as(when).isEqualTo(expected.size());
    assertThat(made.hits(made.search(at(0)).limit(KEYS * 2))).as(when).hasSize(expected.size());
    for (String partition : PARTITIONS) {
      long inside = expected.values().stream().filter(e -> e.partition().equals(partition)).count();
      assertThat(made.hits(made.search(at(0)).limit(KEYS * 2).partitionNames(List.of(partition))))
          .as("%s, partition %s", when, partition)
          .hasSize((int) inside);
    }
  }
}
