package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.grpc.FlushRequest;
import io.milvus.grpc.Status;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddCollectionFieldReq;
import io.milvus.v2.service.collection.request.AlterCollectionPropertiesReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.RenameCollectionReq;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.partition.request.DropPartitionReq;
import io.milvus.v2.service.partition.request.LoadPartitionsReq;
import io.milvus.v2.service.partition.request.ReleasePartitionsReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.UpsertReq;
import io.tidemark.tests.process.BackgroundJob;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A collection of several shards and partitions under random upserts, deletes and flushes, and
 * beside them all that changes the collection or how it is stored: fields, names, partitions and
 * times to live, index builds, compactions, expiries and switches of the index; held after every
 * few operations against a plain map. {@code -Dseed=N} repeats a run, {@code -Doperations=N} makes
 * it longer.
 */
@ExtendWith(SharedTidemark.class)
class RandomOperationsTest {
  private static final int OPERATIONS = Integer.getInteger("operations", 90);
  private static final int OPERATIONS_BETWEEN_CHECKS = 10;
  private static final int KEYS = 120;
  private static final List<String> PARTITIONS = List.of("_default", "left", "right");

  /** What is done to the collection once or twice in a run, at random moments. */
  private enum Change {
    ADD_FIELD,
    RENAME,
    MAKE_PARTITION_ANEW,
    LENGTHEN_LIFE,
    FORGET_LIFE,
    NAME_STATE
  }

  /** What works on its files beside the writes, one after the other. */
  private static final List<Map<String, String>> JOBS =
      List.of(
          Map.of("kind", "compact", "force", "true", "index-rows-min", "20"),
          Map.of("kind", "index", "force", "true", "index-rows-min", "20"),
          Map.of("kind", "expire", "snapshot-age", "0s"),
          Map.of("kind", "reindex", "type", "HNSW", "params", "M=8,efConstruction=40"),
          Map.of("kind", "reindex", "rollback", "true"));

  private record Entity(long version, String partition, Map<String, Long> more) {}

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<Object, Entity> expected = new HashMap<>();
  private final List<String> added = new ArrayList<>();
  private final Map<Object, Long> named = new HashMap<>();
  private long versions;

  private TidemarkProcess tidemark;
  private RawMilvus raw;
  private TestCollection made;
  private @Nullable BackgroundJob job;

  @ParameterizedTest
  @CsvSource({"Int64, 1", "Int64, 4", "VarChar, 3"})
  void theCollectionIsWhatTheOperationsMadeOfIt(
      DataType keyType, int shards, MilvusClientV2 client, TidemarkProcess process)
      throws Exception {
    tidemark = process;
    try (RawMilvus direct = new RawMilvus(process.grpcAddress())) {
      raw = direct;
      made = create(client, keyType, shards);
      Map<Integer, List<Change>> changes = changes();
      for (int operation = 1; operation <= OPERATIONS; operation++) {
        for (Change change : changes.getOrDefault(operation, List.of())) {
          apply(change);
        }
        apply(keyType);
        if (operation % OPERATIONS_BETWEEN_CHECKS == 0) {
          check(operation);
        }
      }
      if (job != null) {
        job.awaitEnd();
      }
      made.flush();
      check(OPERATIONS);
      checkNamedState();
      assertThat(expected).as("seed %d leaves rows", seed).isNotEmpty();
    }
  }

  /** With a name that another collection had, whose rows must not come back. */
  private TestCollection create(MilvusClientV2 client, DataType keyType, int shards) {
    String name = TestCollection.unique("random");
    TestCollection forgotten = createOne(client, name, keyType, shards);
    forgotten.upsert(Row.of("id", key(keyType, 1), "version", 1L, "v", at(1)));
    flush(name);
    client.dropCollection(DropCollectionReq.builder().collectionName(name).build());
    return createOne(client, name, keyType, shards);
  }

  private static TestCollection createOne(
      MilvusClientV2 client, String name, DataType keyType, int shards) {
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
    TestCollection created = new TestCollection(client, name);
    PARTITIONS.subList(1, PARTITIONS.size()).forEach(each -> createPartition(created, each));
    return created;
  }

  private static void createPartition(TestCollection collection, String partition) {
    collection
        .client()
        .createPartition(
            CreatePartitionReq.builder()
                .collectionName(collection.name())
                .partitionName(partition)
                .build());
  }

  /** Each at an operation of its own, in any order but for what needs another before it. */
  private Map<Integer, List<Change>> changes() {
    Map<Change, Integer> when = new EnumMap<>(Change.class);
    Map<Integer, List<Change>> changes = new HashMap<>();
    for (Change change : Change.values()) {
      when.put(change, 5 + random.nextInt(OPERATIONS - 10));
    }
    when.forEach((change, operation) ->
        changes.computeIfAbsent(operation, o -> new ArrayList<>()).add(change));
    changes
        .computeIfAbsent(5 + random.nextInt(OPERATIONS - 10), o -> new ArrayList<>())
        .add(Change.ADD_FIELD);
    return changes;
  }

  private void apply(Change change) throws Exception {
    switch (change) {
      case ADD_FIELD -> addField();
      case RENAME -> rename();
      case MAKE_PARTITION_ANEW -> makePartitionAnew();
      case LENGTHEN_LIFE -> live("360000");
      case FORGET_LIFE -> live("0");
      case NAME_STATE -> nameState();
    }
  }

  private void addField() {
    String name = "more" + added.size();
    made.client()
        .addCollectionField(
            AddCollectionFieldReq.builder()
                .collectionName(made.name())
                .fieldName(name)
                .dataType(DataType.Int64)
                .isNullable(true)
                .build());
    added.add(name);
  }

  private void rename() {
    String name = made.name() + "_renamed";
    made.client()
        .renameCollection(
            RenameCollectionReq.builder()
                .collectionName(made.name())
                .newCollectionName(name)
                .build());
    made = new TestCollection(made.client(), name);
  }

  private void makePartitionAnew() {
    String partition = "left";
    made.client()
        .releasePartitions(
            ReleasePartitionsReq.builder()
                .collectionName(made.name())
                .partitionNames(List.of(partition))
                .build());
    made.client()
        .dropPartition(
            DropPartitionReq.builder()
                .collectionName(made.name())
                .partitionName(partition)
                .build());
    expected.values().removeIf(entity -> entity.partition().equals(partition));
    createPartition(made, partition);
    made.client()
        .loadPartitions(
            LoadPartitionsReq.builder()
                .collectionName(made.name())
                .partitionNames(List.of(partition))
                .build());
  }

  private void live(String seconds) {
    made.client()
        .alterCollectionProperties(
            AlterCollectionPropertiesReq.builder()
                .collectionName(made.name())
                .properties(Map.of("collection.ttl.seconds", seconds))
                .build());
  }

  private void nameState() throws Exception {
    BackgroundJob naming =
        BackgroundJob.start(
            tidemark,
            Map.of(
                "kind", "snapshot",
                "action", "create",
                "name", "then",
                "collection", made.name()));
    assertThat(naming.awaitEnd()).as("seed %d, naming a state", seed).isEqualTo("done");
    expected.forEach((key, entity) -> named.put(key, entity.version()));
  }

  /** As of the name, and as a collection of its own. */
  private void checkNamedState() throws Exception {
    assertThat(versions(made, Map.of("as_of", "then"))).as("seed %d", seed).isEqualTo(named);
    TestCollection restored = new TestCollection(made.client(), made.name() + "_then");
    BackgroundJob restoring =
        BackgroundJob.start(
            tidemark,
            Map.of(
                "kind", "snapshot",
                "action", "restore",
                "name", "then",
                "as", restored.name(),
                "collection", made.name()));
    assertThat(restoring.awaitEnd()).as("seed %d, restoring", seed).isEqualTo("done");
    restored
        .client()
        .loadCollection(LoadCollectionReq.builder().collectionName(restored.name()).build());
    assertThat(versions(restored, Map.of())).as("seed %d", seed).isEqualTo(named);
  }

  private static Map<Object, Long> versions(TestCollection collection, Map<String, Object> params) {
    Map<Object, Long> versions = new HashMap<>();
    collection
        .client()
        .query(
            collection
                .query()
                .filter("version > 0")
                .outputFields(List.of("id", "version"))
                .queryParams(params)
                .build())
        .getQueryResults()
        .forEach(
            row -> versions.put(row.getEntity().get("id"), (Long) row.getEntity().get("version")));
    return versions;
  }

  private void apply(DataType keyType) throws Exception {
    switch (random.nextInt(16)) {
      case 0, 1 -> flush(made.name());
      case 2, 3 -> deleteByVersion();
      case 4, 5, 6, 7 -> deleteByKeys(keyType);
      case 8, 9 -> startJob();
      default -> upsert(keyType);
    }
  }

  /** Without waiting: the commit races what comes next. */
  private void flush(String name) {
    Status status =
        raw.stub().flush(FlushRequest.newBuilder().addCollectionNames(name).build()).getStatus();
    assertThat(status.getCode()).as("%s", status).isZero();
  }

  /** One at a time; that it may fail, since another was faster, is no matter here. */
  private void startJob() throws Exception {
    if (job == null || job.hasEnded()) {
      Map<String, String> options = new HashMap<>(JOBS.get(random.nextInt(JOBS.size())));
      options.put("collection", made.name());
      job = BackgroundJob.start(tidemark, options);
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

  private void upsert(DataType keyType) {
    String partition = PARTITIONS.get(random.nextInt(PARTITIONS.size()));
    List<JsonObject> rows = new ArrayList<>();
    for (Object key : someKeys(keyType)) {
      long version = ++versions;
      JsonObject row = Row.of("id", key, "version", version, "v", at(version));
      Map<String, Long> more = new HashMap<>();
      for (String field : added) {
        if (random.nextBoolean()) {
          more.put(field, version);
          row.addProperty(field, version);
        }
      }
      rows.add(row);
      expected.put(key, new Entity(version, partition, more));
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

  private void deleteByKeys(DataType keyType) {
    List<Object> keys = someKeys(keyType);
    made.client().delete(DeleteReq.builder().collectionName(made.name()).ids(keys).build());
    keys.forEach(expected::remove);
  }

  private void deleteByVersion() {
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

  private void check(int operation) {
    String when = "seed " + seed + ", after " + operation + " operations";
    Map<Object, Long> found = new HashMap<>();
    List<String> fields = new ArrayList<>(List.of("id", "version", "v"));
    fields.addAll(added);
    for (Map<String, Object> row : made.rows("version > 0", fields.toArray(String[]::new))) {
      Object key = row.get("id");
      assertThat(found.put(key, (Long) row.get("version")))
          .as("%s: key %s comes once", when, key)
          .isNull();
      float[] vector = at((Long) row.get("version"));
      assertThat(row.get("v")).as(when).isEqualTo(List.of(vector[0], vector[1]));
      Entity entity = expected.get(key);
      assertThat(entity).as("%s: key %s is there", when, key).isNotNull();
      for (String field : added) {
        assertThat(row.get(field))
            .as("%s: %s of key %s", when, field, key)
            .isEqualTo(entity.more().get(field));
      }
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
