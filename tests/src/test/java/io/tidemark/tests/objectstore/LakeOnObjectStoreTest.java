package io.tidemark.tests.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeConfig;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.lake.LogSnapshotCommitter;
import io.tidemark.stores.record.RecordFiles;
import io.tidemark.tests.objectstore.FaultyWay.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.s3a.impl.AWSClientConfig;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables on an object store that fails as stores do. {@code -Dseed=N} repeats a run. */
class LakeOnObjectStoreTest {
  private static final int ID = 100;
  private static final int VECTOR = 101;
  private static final int DIMENSION = 64;
  private static final long CREATED = HybridTimestamp.ofMillis(1_700_000_000_000L);

  @TempDir static Path folder;
  private static ObjectStore store;

  private final long seed = Long.getLong("seed", System.nanoTime());

  @BeforeAll
  static void startStore() throws Exception {
    store = ObjectStore.start(folder.resolve("store"));
  }

  @AfterAll
  static void stopStore() throws Exception {
    store.close();
  }

  private static LakeConfig lake(String bucket, FaultyWay way, Map<String, String> settings)
      throws Exception {
    return LakeConfig.jdbc(
        LakeConfig.sqliteUri(folder.resolve(bucket + ".db")),
        "s3a://" + store.bucket(bucket) + "/warehouse",
        settings,
        store.coreSite(way.port()));
  }

  private static CollectionInfo collection() {
    return new CollectionInfo(
        7,
        CollectionInfo.DEFAULT_DATABASE,
        "books",
        new CollectionSchema(
            "",
            false,
            1,
            List.of(
                field(ID, "id", DataType.INT64, true, 0),
                field(VECTOR, "vec", DataType.FLOAT_VECTOR, false, DIMENSION))),
        List.of(0),
        ConsistencyLevel.STRONG,
        CREATED,
        CREATED,
        List.of(new Partition(8, Partition.DEFAULT_NAME, CREATED)),
        List.of(),
        Map.of());
  }

  private static FieldSchema field(int id, String name, DataType type, boolean key, int dimension) {
    return new FieldSchema(
        id, name, type, "", key, false, false, false, false, dimension, 0, null, Map.of());
  }

  private static DataFile file(Table table, long from, long to) {
    List<Record> rows = new ArrayList<>();
    for (long key = from; key < to; key++) {
      GenericRecord row = GenericRecord.create(table.schema());
      Random random = new Random(key);
      List<Float> vector = new ArrayList<>();
      for (int i = 0; i < DIMENSION; i++) {
        vector.add(random.nextFloat());
      }
      row.setField("id", key);
      row.setField("vec", vector);
      row.setField("__ts", CREATED + 1);
      row.setField("__shard", 0);
      row.setField("__partition", Partition.DEFAULT_NAME);
      rows.add(row);
    }
    return RecordFiles.writeData(table, rows);
  }

  private static void append(LakeTable table, long from, long to) {
    long position = table.position(0);
    new LogSnapshotCommitter()
        .commit(
            table,
            0,
            position,
            position + 1,
            List.of(file(table.iceberg(), from, to)),
            List.of(),
            List.of());
  }

  private static Set<Long> keys(LakeTable table) {
    Set<Long> keys = new TreeSet<>();
    for (LakeFile file : table.snapshot().files()) {
      var batch = table.read(file).batch();
      for (int row = 0; row < batch.size(); row++) {
        long key = (Long) batch.columns().get(ID).value(row);
        assertThat(keys.add(key)).as("key %d comes once", key).isTrue();
        float[] vector = (float[]) batch.columns().get(VECTOR).value(row);
        assertThat(vector[0]).isEqualTo(new Random(key).nextFloat());
      }
    }
    return keys;
  }

  @Test
  void errorsLostAnswersAndStallsOnlySlowItDown() throws Exception {
    System.err.println("LakeOnObjectStoreTest seed=" + seed);
    try (FaultyWay way = FaultyWay.to(store.port(), seed);
        Lake lake = Lake.open(lake("faulty", way, Map.of()))) {
      way.set(new Faults(0.2, 0.03, 0.02, 1_000));
      CollectionInfo info = collection();
      lake.createCollection(info);
      LakeTable table = lake.table(info);
      Set<Long> expected = new TreeSet<>();
      for (long commit = 0; commit < 6; commit++) {
        append(table, commit * 10, commit * 10 + 10);
        for (long key = commit * 10; key < commit * 10 + 10; key++) {
          expected.add(key);
        }
        assertThat(keys(table)).as("seed %d", seed).isEqualTo(expected);
      }
      assertThat(way.failed()).as("of %d requests", way.requests()).isGreaterThan(5);

      lake.dropCollection(info);
      assertThat(store.objects("faulty", "warehouse/tables/default/")).isEmpty();
    }
  }

  @Test
  void aStoreThatIsSilentIsGivenUpWithTheFilesName() throws Exception {
    Duration least = AWSClientConfig.getMinimumOperationDuration();
    AWSClientConfig.setMinimumOperationDuration(Duration.ofMillis(100));
    Map<String, String> impatient =
        Map.of(
            "fs.s3a.connection.timeout", "500ms",
            "fs.s3a.connection.request.timeout", "1s",
            "fs.s3a.retry.limit", "2");
    try (FaultyWay way = FaultyWay.to(store.port(), seed);
        Lake lake = Lake.open(lake("silent", way, impatient))) {
      lake.createCollection(collection());
      LakeTable table = lake.table(collection());
      append(table, 0, 10);

      way.set(new Faults(0, 0, 1, 60_000));
      assertThatThrownBy(() -> keys(table))
          .isInstanceOf(RuntimeException.class)
          .hasStackTraceContaining("s3a://silent/warehouse/");
      assertThat(way.openMax()).as("connections at once").isLessThan(20);

      way.set(Faults.NONE);
      assertThat(keys(table)).hasSize(10);
    } finally {
      AWSClientConfig.setMinimumOperationDuration(least);
    }
  }

  @Test
  void onlyTheColumnsAskedForAreFetched() throws Exception {
    try (FaultyWay way = FaultyWay.to(store.port(), seed);
        Lake lake = Lake.open(lake("ranges", way, Map.of()))) {
      lake.createCollection(collection());
      LakeTable table = lake.table(collection());
      append(table, 0, 20_000);
      LakeFile file = table.snapshot().files().getFirst();
      long before = way.bytes();

      assertThat(table.read(file, List.of(ID)).batch().size()).isEqualTo(20_000);

      assertThat(way.bytes() - before)
          .as("bytes fetched of %d", file.bytes())
          .isLessThan(file.bytes() / 4);
    }
  }
}
