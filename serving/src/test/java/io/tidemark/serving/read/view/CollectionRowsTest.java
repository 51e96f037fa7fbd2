package io.tidemark.serving.read.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.segment.KeyLookup;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Views against a naive replay of the log, with snapshots of any kind swapped in at any moment. */
class CollectionRowsTest {
  private static final int KEY = 100;
  private static final int VALUE = 101;
  private static final int VECTOR = 102;
  private static final int SHARDS = 2;
  private static final int KEYS = 60;
  private static final List<String> PARTITIONS = List.of("_default", "a", "b");

  /** A row as the naive model has it; {@code value} is unique. */
  private record Row(long key, long timestamp, int shard, String partition, int value) {}

  private record Sealed(RowSegment segment, List<Row> rows, BitSet base) {}

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  /**
   * A segment that mixes shards loses a dropped partition with the first shard's record, which is
   * right since all shards drop it, but more than this model does: either or.
   */
  private final boolean mixesShards = random.nextBoolean();

  private final List<LogRecord.Channel> log = new ArrayList<>();
  private final List<Row> foreign = new ArrayList<>();
  private final int[] fed = new int[SHARDS];
  private long clock = 1_000;
  private int values;

  private static EntityBatch batch(List<Row> rows) {
    float[] vectors = new float[rows.size() * 2];
    for (int i = 0; i < rows.size(); i++) {
      vectors[2 * i] = rows.get(i).value();
    }
    return new EntityBatch(
        rows.size(),
        Map.of(
            KEY, LongColumn.of(rows.stream().mapToLong(Row::key).toArray(), null),
            VALUE, IntColumn.of(DataType.INT32, rows.stream().mapToInt(Row::value).toArray(), null),
            VECTOR, FloatVectorColumn.of(vectors, 2, null)));
  }

  /** One or two data files' rows as a sealed segment, with partitions per row if they differ. */
  private RowSegment segment(List<Row> rows) {
    EntityBatch all = batch(rows);
    int cut = random.nextInt(rows.size() + 1);
    int[] ordinals = new int[rows.size()];
    Arrays.setAll(ordinals, i -> i);
    EntityBatch scalars = all.project(List.of(KEY, VALUE));
    List<EntityBatch> parts =
        List.of(
            scalars.gather(Arrays.copyOf(ordinals, cut)),
            scalars.gather(Arrays.copyOfRange(ordinals, cut, rows.size())));
    Set<Integer> shards = new HashSet<>();
    Set<String> partitions = new HashSet<>();
    rows.forEach(row -> {
      shards.add(row.shard());
      partitions.add(row.partition());
    });
    Column names =
        partitions.size() == 1
            ? null
            : BytesColumn.ofStrings(DataType.VARCHAR, rows.stream().map(Row::partition).toList());
    Segment segment =
        new Segment(
            "sealed",
            rows.getFirst().partition(),
            shards.size() == 1 ? rows.getFirst().shard() : Segment.ANY_SHARD,
            scalars,
            rows.stream().mapToLong(Row::timestamp).toArray(),
            Map.of(VECTOR, FloatVectors.of((FloatVectorColumn) all.column(VECTOR).orElseThrow())),
            Map.of(),
            KeyLookup.of(scalars.column(KEY).orElseThrow()));
    return new RowSegment(segment, KEY, parts, names, Map.of());
  }

  private void write() {
    clock += 1 + random.nextInt(5);
    int shard = random.nextInt(SHARDS);
    String partition = PARTITIONS.get(random.nextInt(PARTITIONS.size()));
    int kind = random.nextInt(100);
    if (kind < 70) {
      boolean upsert = random.nextBoolean();
      Set<Long> keys = new HashSet<>();
      List<Row> rows = new ArrayList<>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        long key = key(shard);
        if (keys.add(key) || !upsert) {
          rows.add(new Row(key, clock, shard, partition, values++));
        }
      }
      log.add(new LogRecord.Insert(clock, 1, shard, partition, 1, upsert, batch(rows)));
    } else if (kind < 92) {
      long[] keys = {key(shard), key(shard)};
      String where = random.nextInt(3) == 0 ? partition : "";
      log.add(new LogRecord.Delete(clock, 1, shard, where, LongColumn.of(keys, null)));
    } else if (kind < 95 && !mixesShards) {
      log.add(new LogRecord.DropPartition(clock, 1, shard, partition));
    } else if (kind < 97) {
      log.add(new LogRecord.Flush(clock, 1, shard));
    } else {
      foreign.add(new Row(random.nextInt(KEYS), clock, Segment.ANY_SHARD, partition, values++));
    }
  }

  private long key(int shard) {
    return (long) random.nextInt(KEYS / SHARDS) * SHARDS + shard;
  }

  /** What is left of the log up to a timestamp per shard, and of the other engines' rows. */
  private Set<Row> replay(long[] upTo, List<Row> otherRows) {
    Set<Row> rows = new HashSet<>(otherRows);
    for (LogRecord.Channel record : log) {
      if (record.timestamp() > upTo[record.shard()]) {
        continue;
      }
      switch (record) {
        case LogRecord.Insert insert -> {
          LongColumn keys = (LongColumn) insert.rows().column(KEY).orElseThrow();
          IntColumn numbers = (IntColumn) insert.rows().column(VALUE).orElseThrow();
          if (insert.upsert()) {
            kill(rows, insert, keys, "");
          }
          for (int i = 0; i < keys.size(); i++) {
            rows.add(
                new Row(
                    keys.get(i),
                    insert.timestamp(),
                    insert.shard(),
                    insert.partition(),
                    numbers.get(i)));
          }
        }
        case LogRecord.Delete delete -> kill(rows, delete, delete.keys(), delete.partition());
        case LogRecord.DropPartition drop ->
            rows.removeIf(row -> older(row, drop) && row.partition().equals(drop.partition()));
        case LogRecord.Flush flush -> {
          // Changes nothing.
        }
        case LogRecord.DropCollection drop -> throw new AssertionError();
      }
    }
    return rows;
  }

  private static boolean older(Row row, LogRecord.Channel record) {
    return row.timestamp() < record.timestamp()
        && (row.shard() == record.shard() || row.shard() == Segment.ANY_SHARD);
  }

  private static void kill(Set<Row> rows, LogRecord.Channel by, Column keys, String partition) {
    Set<Object> dead = new HashSet<>();
    for (int i = 0; i < keys.size(); i++) {
      dead.add(keys.value(i));
    }
    rows.removeIf(row ->
        older(row, by)
            && dead.contains(row.key())
            && (partition.isEmpty() || partition.equals(row.partition())));
  }

  private static List<Row> seen(CollectionRows rows) {
    List<Row> seen = new ArrayList<>();
    try (ReadView view = rows.view().orElseThrow()) {
      for (LiveSegment live : view.segments(false)) {
        int count = 0;
        for (int row : live.aliveRows()) {
          count++;
          RowSegment of = live.rows();
          int part = of.partOf(row);
          IntColumn numbers = (IntColumn) of.parts().get(part).column(VALUE).orElseThrow();
          int value = numbers.get(row - of.start(part));
          FloatVectors vectors = (FloatVectors) of.segment().vectors(VECTOR).orElseThrow();
          assertThat(vectors.vector(row)[0]).isEqualTo(value);
          String partition =
              PARTITIONS.stream().filter(p -> of.isIn(row, p)).findFirst().orElseThrow();
          seen.add(
              new Row(
                  (Long) of.key(row),
                  of.segment().timestamp(row),
                  of.segment().shard(),
                  partition,
                  value));
          // The lookup finds what the column holds.
          List<Integer> found = new ArrayList<>();
          of.segment().keys().forEachRow(of.key(row), found::add);
          assertThat(found).contains(row);
        }
        assertThat(count).isEqualTo(live.aliveCount());
      }
    }
    return seen;
  }

  /** Shards of rows in segments of any shard are not told. */
  private static List<Row> comparable(Iterable<Row> rows) {
    List<Row> comparable = new ArrayList<>();
    rows.forEach(r -> comparable.add(new Row(r.key(), r.timestamp(), 0, r.partition(), r.value())));
    return comparable;
  }

  @RepeatedTest(40)
  void showsExactlyTheRowsThatAReplayLeaves() {
    System.out.println("CollectionRowsTest -Dseed=" + seed);
    CollectionRows rows =
        new CollectionRows(KEY, new long[] {clock, clock}, Runnable::run, bytes -> true);
    long[] positions = {clock, clock};
    List<Sealed> sealed = new ArrayList<>();
    List<Row> sealedForeign = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      write();
      feed(rows, random.nextInt(3));
      if (random.nextInt(25) == 0) {
        for (int shard = 0; shard < SHARDS; shard++) {
          positions[shard] = Math.max(positions[shard], clock - random.nextInt(60));
        }
        sealedForeign = new ArrayList<>(foreign);
        CollectionRows.KillsSoFar kills = rows.kills();
        sealed = snapshot(rows, sealed, positions, sealedForeign, kills);
      }
      long[] upTo = new long[SHARDS];
      for (int shard = 0; shard < SHARDS; shard++) {
        upTo[shard] = Math.max(positions[shard], fedUpTo(shard));
      }
      assertThat(comparable(seen(rows)))
          .as("seed %d, step %d", seed, step)
          .containsExactlyInAnyOrderElementsOf(comparable(replay(upTo, sealedForeign)));
    }
    rows.close();
    assertThat(rows.view()).isEmpty();
    assertThat(rows.growingBytes()).isZero();
  }

  private long fedUpTo(int shard) {
    return fed[shard] == 0 ? 0 : log.get(fed[shard] - 1).timestamp();
  }

  /** Lets the tail of a random shard go on, as far as the log goes. */
  private void feed(CollectionRows rows, int times) {
    for (int i = 0; i < times; i++) {
      int shard = random.nextInt(SHARDS);
      for (int next = fed[shard]; next < log.size(); next++) {
        fed[shard] = next + 1;
        if (log.get(next).shard() == shard) {
          rows.apply(log.get(next));
          break;
        }
      }
    }
  }

  private List<Sealed> snapshot(
      CollectionRows rows,
      List<Sealed> before,
      long[] positions,
      List<Row> otherRows,
      CollectionRows.KillsSoFar kills) {
    Set<Row> left = replay(positions, otherRows);
    boolean rewritten = random.nextInt(4) == 0;
    List<Sealed> next = new ArrayList<>();
    List<LiveSegment> fresh = new ArrayList<>();
    List<RowSegment> kept = new ArrayList<>();
    Set<Row> placed = new HashSet<>();
    if (!rewritten) {
      for (Sealed old : before) {
        BitSet base = base(old.rows(), left);
        placed.addAll(old.rows());
        if (base.equals(old.base())) {
          kept.add(old.segment());
        } else {
          fresh.add(LiveSegment.of(old.segment(), base).without(kills.kills()));
        }
        next.add(new Sealed(old.segment(), old.rows(), base));
      }
    }
    List<Row> rest = new ArrayList<>(left);
    rest.removeAll(placed);
    for (List<Row> group : groups(rest)) {
      RowSegment segment = segment(group);
      BitSet base = base(group, left);
      next.add(new Sealed(segment, group, base));
      fresh.add(LiveSegment.of(segment, base).without(kills.kills()));
    }
    // While the segments were being built the log went on.
    feed(rows, random.nextInt(6));
    rows.swap(fresh, kept, kills, positions);
    return next;
  }

  private static BitSet base(List<Row> rows, Set<Row> left) {
    BitSet base = new BitSet();
    for (int i = 0; i < rows.size(); i++) {
      base.set(i, left.contains(rows.get(i)));
    }
    return base;
  }

  /** Files of one partition and shard, or, as another engine's compaction leaves them, of any. */
  private List<List<Row>> groups(List<Row> rows) {
    List<List<Row>> groups = new ArrayList<>();
    if (random.nextInt(3) == 0 && mixesShards && !rows.isEmpty()) {
      groups.add(rows);
      return groups;
    }
    if (random.nextInt(3) == 0) {
      for (int shard = -1; shard < SHARDS; shard++) {
        int of = shard;
        List<Row> group = rows.stream().filter(row -> row.shard() == of).toList();
        if (!group.isEmpty()) {
          groups.add(group);
        }
      }
      return groups;
    }
    for (String partition : PARTITIONS) {
      for (int shard = -1; shard < SHARDS; shard++) {
        int of = shard;
        List<Row> group =
            rows.stream()
                .filter(row -> row.partition().equals(partition) && row.shard() == of)
                .toList();
        if (!group.isEmpty()) {
          groups.add(group);
        }
      }
    }
    return groups;
  }

  @Test
  void mergesSmallChunksSoThatManySmallInsertsStayFewChunks() {
    CollectionRows rows = new CollectionRows(KEY, new long[] {0}, Runnable::run, bytes -> true);
    for (int i = 1; i <= 5_000; i++) {
      rows.apply(
          new LogRecord.Insert(
              i, 1, 0, "_default", 1, false, batch(List.of(new Row(i, i, 0, "_default", i)))));
    }
    try (ReadView view = rows.view().orElseThrow()) {
      assertThat(view.growing()).hasSizeLessThan(16);
      assertThat(view.growing().stream().mapToInt(LiveSegment::aliveCount).sum()).isEqualTo(5_000);
    }
    assertThat(rows.growingBytes()).isPositive();
  }

  @Test
  void keepsAViewReadableAndItsIndexesOpenUntilItIsClosed() {
    CollectionRows rows = new CollectionRows(KEY, new long[] {0}, Runnable::run, bytes -> true);
    RowSegment segment = segment(List.of(new Row(1, 1, 0, "_default", 7)));
    rows.swap(List.of(LiveSegment.all(segment)), List.of(), rows.kills(), new long[] {1});
    ReadView view = rows.view().orElseThrow();
    rows.swap(List.of(), List.of(), rows.kills(), new long[] {2});
    assertThat(view.sealed()).hasSize(1);
    view.close();
    try (ReadView newer = rows.view().orElseThrow()) {
      assertThat(newer.sealed()).isEmpty();
    }
  }
}
