package io.tidemark.engine.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.log.NetChange;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NetEffectTest {
  private static final int KEY = 100;
  private static final int VALUE = 101;
  private static final CollectionSchema SCHEMA =
      new CollectionSchema(
          "",
          false,
          1,
          List.of(
              field(KEY, "id", DataType.INT64, true, 0),
              field(VALUE, "vector", DataType.FLOAT_VECTOR, false, 1)));

  private static FieldSchema field(int id, String name, DataType type, boolean key, int dimension) {
    return new FieldSchema(
        id, name, type, "", key, false, false, false, false, dimension, 0, null, Map.of());
  }

  @Test
  void an_upsert_leaves_its_own_row_and_deletes_what_was_before() {
    NetChange change =
        NetEffect.of(
            List.of(insert(1, "_default", false, 7, 7, 8), insert(2, "_default", true, 7)), SCHEMA);
    assertThat(describe(change.rows())).containsExactly("_default@1:8", "_default@2:7");
    assertThat(change.deletedKeys()).containsExactly(7L);
    assertThat(change.rowsRead()).isEqualTo(4);
  }

  @Test
  void plain_inserts_with_one_key_are_all_kept_until_it_is_deleted() {
    NetChange kept =
        NetEffect.of(
            List.of(insert(1, "_default", false, 7), insert(2, "_default", false, 7)), SCHEMA);
    assertThat(describe(kept.rows())).containsExactly("_default@1:7", "_default@2:7");
    assertThat(kept.deletedKeys()).isEmpty();
    NetChange deleted =
        NetEffect.of(
            List.of(
                insert(1, "_default", false, 7),
                delete(2, "", 7, 9),
                insert(3, "_default", false, 7)),
            SCHEMA);
    assertThat(describe(deleted.rows())).containsExactly("_default@3:7");
    assertThat(deleted.deletedKeys()).containsExactlyInAnyOrder(7L, 9L);
  }

  @Test
  void a_delete_in_one_partition_leaves_the_others_alone() {
    NetChange change =
        NetEffect.of(
            List.of(insert(1, "a", false, 7), insert(2, "b", false, 7), delete(3, "a", 7)), SCHEMA);
    assertThat(describe(change.rows())).containsExactly("b@2:7");
    assertThat(change.deletedKeys()).isEmpty();
    assertThat(change.deletedKeysByPartition()).isEqualTo(Map.of("a", Set.of(7L)));
  }

  @Test
  void a_dropped_partition_keeps_only_rows_written_after_the_drop() {
    NetChange change =
        NetEffect.of(
            List.of(
                insert(1, "a", false, 1),
                new LogRecord.DropPartition(2, 5, 0, "a"),
                insert(3, "a", false, 2)),
            SCHEMA);
    assertThat(describe(change.rows())).containsExactly("a@3:2");
    assertThat(change.droppedPartitions()).containsExactly("a");
  }

  @Test
  void a_dropped_collection_leaves_nothing() {
    NetChange change =
        NetEffect.of(
            List.of(
                insert(1, "a", false, 1),
                new LogRecord.DropCollection(2, 5, 0),
                insert(3, "a", false, 2)),
            SCHEMA);
    assertThat(change.collectionDropped()).isTrue();
    assertThat(change.rows()).isEmpty();
  }

  @Test
  void split_anywhere_into_windows_the_table_holds_what_a_replay_row_by_row_holds() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("NetEffectTest seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<LogRecord.Channel> log = randomLog(random);
      List<Row> expected = replay(log);
      List<Row> table = new ArrayList<>();
      int at = 0;
      while (at < log.size()) {
        int end = Math.min(log.size(), at + 1 + random.nextInt(log.size()));
        apply(NetEffect.of(log.subList(at, end), SCHEMA), table);
        at = end;
      }
      assertThat(new TreeSet<>(texts(table)))
          .as("seed %s round %s: %s", seed, round, log)
          .isEqualTo(new TreeSet<>(texts(expected)));
      assertThat(table).as("seed %s round %s", seed, round).hasSameSizeAs(expected);
    }
  }

  private record Row(String partition, long timestamp, long key) {}

  private static List<String> texts(List<Row> rows) {
    return rows.stream().map(Row::toString).toList();
  }

  /** As the lake does it: deletes hit only rows from before the window. */
  private static void apply(NetChange change, List<Row> table) {
    table.removeIf(row ->
        change.deletedKeys().contains(row.key)
            || change
                .deletedKeysByPartition()
                .getOrDefault(row.partition, Set.of())
                .contains(row.key)
            || change.droppedPartitions().contains(row.partition));
    for (NetChange.Rows rows : change.rows()) {
      for (Object key : keys(rows.batch())) {
        table.add(new Row(rows.partition(), rows.timestamp(), (Long) key));
      }
    }
  }

  private static List<Row> replay(List<LogRecord.Channel> log) {
    List<Row> rows = new ArrayList<>();
    for (LogRecord.Channel record : log) {
      switch (record) {
        case LogRecord.Insert insert -> {
          List<Object> keys = keys(insert.rows());
          if (insert.upsert()) {
            rows.removeIf(row -> keys.contains(row.key));
          }
          keys.forEach(
              key -> rows.add(new Row(insert.partition(), insert.timestamp(), (Long) key)));
        }
        case LogRecord.Delete delete -> {
          List<Object> keys =
              keys(new EntityBatch(delete.keys().size(), Map.of(KEY, delete.keys())));
          rows.removeIf(row ->
              keys.contains(row.key)
                  && (delete.partition().isEmpty() || delete.partition().equals(row.partition)));
        }
        case LogRecord.DropPartition drop ->
            rows.removeIf(row -> row.partition.equals(drop.partition()));
        case LogRecord.DropCollection drop -> rows.clear();
        case LogRecord.Flush flush -> {
          // Nothing to replay.
        }
      }
    }
    return rows;
  }

  private static List<LogRecord.Channel> randomLog(Random random) {
    List<LogRecord.Channel> log = new ArrayList<>();
    int length = 1 + random.nextInt(30);
    for (int i = 0; i < length; i++) {
      long timestamp = i + 1L;
      String partition = random.nextBoolean() ? "a" : "b";
      long[] keys = random.longs(1 + random.nextInt(4), 0, 10).toArray();
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> log.add(insert(timestamp, partition, false, keys));
        case 3, 4 ->
            log.add(
                insert(
                    timestamp,
                    partition,
                    true,
                    java.util.Arrays.stream(keys).distinct().toArray()));
        case 5 -> log.add(delete(timestamp, "", keys));
        case 6 -> log.add(delete(timestamp, partition, keys));
        default ->
            log.add(
                random.nextInt(4) == 0
                    ? new LogRecord.DropPartition(timestamp, 5, 0, partition)
                    : new LogRecord.Flush(timestamp, 5, 0));
      }
    }
    return log;
  }

  private static LogRecord.Insert insert(
      long timestamp, String partition, boolean upsert, long... keys) {
    ColumnBuilder values = new ColumnBuilder(SCHEMA.fields().get(1));
    for (long key : keys) {
      values.append(new float[] {key});
    }
    EntityBatch rows =
        new EntityBatch(keys.length, Map.of(KEY, keyColumn(keys), VALUE, values.build()));
    return new LogRecord.Insert(timestamp, 5, 0, partition, 1, upsert, rows);
  }

  private static LogRecord.Delete delete(long timestamp, String partition, long... keys) {
    return new LogRecord.Delete(timestamp, 5, 0, partition, keyColumn(keys));
  }

  private static Column keyColumn(long... keys) {
    ColumnBuilder builder = new ColumnBuilder(SCHEMA.primaryKey());
    for (long key : keys) {
      builder.append(key);
    }
    return builder.build();
  }

  private static List<Object> keys(EntityBatch rows) {
    List<Object> keys = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      keys.add(rows.column(KEY).orElseThrow().value(row));
    }
    return keys;
  }

  private static List<String> describe(List<NetChange.Rows> rows) {
    return rows.stream()
        .map(r ->
            r.partition()
                + "@"
                + r.timestamp()
                + ":"
                + keys(r.batch()).stream()
                    .map(Object::toString)
                    .reduce((a, b) -> a + "," + b)
                    .orElse(""))
        .toList();
  }
}
