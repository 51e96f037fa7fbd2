package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.DEFAULT;
import static io.tidemark.serving.read.ReadFixture.rows;
import static io.tidemark.serving.read.ReadFixture.ts;
import static io.tidemark.serving.read.ReadFixture.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.serving.read.travel.AsOf;
import io.tidemark.stores.lake.SnapshotTags;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads as of a snapshot's name or of a time: what was there then, and nothing else. */
class TimeTravelTest {
  private static final int WRITES = 120;

  /** As near to no two keys. */
  private static final float X = 7.1f;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path folder;

  private record Write(long n, int shard, long key, boolean delete) {}

  private final List<Write> writes = new ArrayList<>();
  private final long[] committed = new long[2];

  @Test
  void everyTimeShowsJustWhatWasThereThen() throws Exception {
    System.out.println("TimeTravelTest -Dseed=" + seed);
    try (ReadFixture fixture = new ReadFixture(folder, 2)) {
      if (random.nextBoolean()) {
        fixture.load();
      }
      for (long n = 10; n < 10 + WRITES; n++) {
        write(fixture, n);
        if (random.nextInt(8) == 0) {
          commit(fixture, random.nextInt(2), n);
        }
        if (random.nextInt(40) == 0 && !fixture.table().snapshot().files().isEmpty()) {
          var unused = fixture.index();
        }
        if (random.nextInt(15) == 0) {
          check(fixture, n - random.nextInt((int) n - 9));
        }
      }
      for (int i = 0; i < 10; i++) {
        check(fixture, 10 + random.nextInt(WRITES));
      }
    }
  }

  private void write(ReadFixture fixture, long n) {
    long key = random.nextInt(30);
    int shard = (int) (key & 1);
    boolean delete = random.nextInt(3) == 0;
    if (delete) {
      fixture.delete(n, shard, key);
    } else {
      fixture.insert(n, shard, DEFAULT, true, rows(key));
    }
    fixture.tick(n);
    writes.add(new Write(n, shard, key, delete));
  }

  /** The shard's net effect since its last commit. */
  private void commit(ReadFixture fixture, int shard, long n) {
    if (committed[shard] >= n) {
      return;
    }
    Set<Long> touched = new TreeSet<>();
    for (Write write : writes) {
      if (write.shard() == shard && write.n() > committed[shard]) {
        touched.add(write.key());
      }
    }
    List<DataFile> files = new ArrayList<>();
    at(n)
        .forEach((key, written) -> {
          if (touched.contains(key)) {
            files.add(fixture.data(fixture.table().iceberg(), written, shard, DEFAULT, key));
          }
        });
    long[] keys = touched.stream().mapToLong(Long::longValue).toArray();
    fixture.commit(
        shard,
        n,
        files,
        keys.length == 0 ? List.of() : List.of(fixture.deletes(fixture.table().iceberg(), keys)));
    committed[shard] = n;
  }

  /** By key, when it was written last. */
  private Map<Long, Long> at(long n) {
    Map<Long, Long> live = new TreeMap<>();
    for (Write write : writes) {
      if (write.n() <= n && write.delete()) {
        live.remove(write.key());
      } else if (write.n() <= n) {
        live.put(write.key(), write.n());
      }
    }
    return live;
  }

  private void check(ReadFixture fixture, long n) {
    List<Object> expected = new ArrayList<>(at(n).keySet());
    AsOf time = new AsOf.Time(ts(n));
    String as = "seed " + seed + ", as of " + n;
    assertThat(keys(fixture, time)).as(as).isEqualTo(expected);
    if (!expected.isEmpty()) {
      List<Object> nearest =
          expected.stream()
              .sorted((a, b) -> Double.compare(Math.abs((Long) a - X), Math.abs((Long) b - X)))
              .toList();
      assertThat(search(fixture, time).getFirst()).as(as).isEqualTo(nearest.getFirst());
    }
  }

  private static List<Object> keys(ReadFixture fixture, AsOf asOf) {
    return valuesOf(
        fixture
            .reads
            .query(fixture.everyKey(false), asOf)
            .rows()
            .column(ReadFixture.ID)
            .orElseThrow());
  }

  private static List<Object> search(ReadFixture fixture, AsOf asOf) {
    return valuesOf(fixture.reads.search(fixture.nearest(X, 3, "", 1), asOf).keys());
  }

  @Test
  void aNamedSnapshotOutlivesWhatHappensToTheTable() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.commit(10, 1, 2, 3);
      var unused = fixture.index();
      var tag = SnapshotTags.create(fixture.table(), "before", Map.of(), null);
      assertThat(tag.positions()).containsEntry(0, ts(10));
      fixture.commit(
          0,
          20,
          List.of(fixture.data(fixture.table().iceberg(), 20, 0, DEFAULT, 4)),
          List.of(fixture.deletes(fixture.table().iceberg(), 2)));
      fixture.load();
      fixture.insert(30, 0, DEFAULT, false, rows(5));
      fixture.tick(31);
      AsOf before = AsOf.parse("before");
      assertThat(fixture.keys()).containsExactly(1L, 3L, 4L, 5L);
      assertThat(keys(fixture, before)).containsExactly(1L, 2L, 3L);
      assertThat(search(fixture, before)).containsExactly(3L, 2L, 1L);
      assertThat(valuesOf(fixture.reads.search(fixture.nearest(3, false, 2, 2.1f), before).keys()))
          .containsExactly(2L, 1L, 3L);
      fixture.table().iceberg().expireSnapshots().expireOlderThan(Long.MAX_VALUE).commit();
      fixture.restart();
      assertThat(keys(fixture, before)).containsExactly(1L, 2L, 3L);
      assertThat(fixture.reads.metrics().indexFailures()).isZero();
      assertThat(SnapshotTags.drop(fixture.table(), "before")).isTrue();
      assertThatThrownBy(() -> keys(fixture, before))
          .isInstanceOfSatisfying(
              TidemarkException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
          .hasMessageContaining("no snapshot named 'before'");
    }
  }

  @Test
  void anIndexWithoutRowsThatWereAliveThenIsNotUsed() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.commit(10, 1, 2, 3);
      fixture.commit(0, 20, List.of(), List.of(fixture.deletes(fixture.table().iceberg(), 2)));
      var unused = fixture.index(1);
      fixture.load();
      assertThat(fixture.search(2.1f, 1)).containsExactly(3L);
      assertThat(search(fixture, new AsOf.Time(ts(10)))).containsExactly(3L, 2L, 1L);
      assertThat(search(fixture, new AsOf.Time(ts(20)))).containsExactly(3L, 1L);
    }
  }

  @Test
  void aTimeThatCannotBeHadIsRefusedWithThoseThatCan() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      assertThat(keys(fixture, new AsOf.Time(ts(0)))).isEmpty();
      fixture.commit(10, 1);
      fixture.commit(20, 2);
      assertThat(keys(fixture, new AsOf.Time(ts(10)))).containsExactly(1L);
      fixture.table().iceberg().expireSnapshots().expireOlderThan(Long.MAX_VALUE).commit();
      assertThat(keys(fixture, new AsOf.Time(ts(20)))).containsExactly(1L, 2L);
      assertThatThrownBy(() -> keys(fixture, new AsOf.Time(ts(19))))
          .hasMessageContaining("cannot be read as of")
          .hasMessageContaining("the oldest time there is, is " + ts(20));
      assertThatThrownBy(() -> keys(fixture, new AsOf.Time(ts(0) >> 18)))
          .hasMessageContaining("shifted left by 18 bits");
      long future = HybridTimestamp.ofMillis(System.currentTimeMillis() + 60_000);
      assertThatThrownBy(() -> keys(fixture, new AsOf.Time(future)))
          .hasMessageContaining("lies in the future");
      assertThatThrownBy(() -> AsOf.parse("yesterday evening"))
          .hasMessageContaining("as_of [yesterday evening] is invalid");
      assertThat(AsOf.parse("2023-11-14T22:13:20Z")).isEqualTo(new AsOf.Time(ReadFixture.CREATED));
    }
  }

  @Test
  void aTrimmedLogIsToldNotSkipped() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.commit(10, 1);
      fixture.insert(15, 0, DEFAULT, false, rows(2));
      fixture.commit(20, 2);
      assertThat(keys(fixture, new AsOf.Time(ts(17)))).containsExactly(1L, 2L);
      fixture.log.trimmed(true);
      assertThatThrownBy(() -> keys(fixture, new AsOf.Time(ts(16))))
          .hasMessageContaining("which cannot be had: trimmed")
          .hasMessageContaining("the oldest time there is, is " + ts(0));
      assertThat(keys(fixture, new AsOf.Time(ts(20)))).containsExactly(1L, 2L);
      // Nothing was committed since, and the global position says that there was nothing.
      fixture.control.put("position/0", Long.toString(ts(40)));
      assertThat(keys(fixture, new AsOf.Time(ts(30)))).containsExactly(1L, 2L);
    }
  }

  @Test
  void rowsOfOtherEnginesAreThereFromTheirCommitOn() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.commit(10, 1);
      fixture.control.put(
          "position/0", Long.toString(HybridTimestamp.ofMillis(Long.MAX_VALUE >>> 20)));
      var table = fixture.table().iceberg();
      long before = System.currentTimeMillis() - 1;
      table
          .newAppend()
          .appendFile(
              io.tidemark.stores.record.RecordFiles.writeData(
                  table, List.of(ReadFixture.record(table.schema(), 9, 9, "foreign", null, 0, ""))))
          .commit();
      assertThat(keys(fixture, new AsOf.Time(HybridTimestamp.ofMillis(before))))
          .containsExactly(1L);
      AsOf now = new AsOf.Time(HybridTimestamp.ofMillis(System.currentTimeMillis()));
      assertThat(keys(fixture, now)).containsExactly(1L, 9L);
    }
  }
}
