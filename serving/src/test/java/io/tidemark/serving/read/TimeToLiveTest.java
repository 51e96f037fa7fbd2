package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.DEFAULT;
import static io.tidemark.serving.read.ReadFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.TimeToLive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows past their collection's time to live: sealed, indexed or growing, no read shows them. */
class TimeToLiveTest {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 30);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path folder;

  /** By key, when its row was written, in ms since the collection's creation. */
  private final TreeMap<Long, Long> written = new TreeMap<>();

  @Test
  void everyReadShowsJustTheRowsThatAreYoungEnough() throws Exception {
    System.out.println("TimeToLiveTest -Dseed=" + seed);
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.load();
      long nowMs = 0;
      long key = 0;
      for (int round = 0; round < ROUNDS; round++) {
        nowMs += 1 + random.nextInt(3000);
        for (int i = random.nextInt(4); i >= 0; i--) {
          fixture.insert(n(nowMs), 0, DEFAULT, false, rows(key, key + 1, key + 2));
          for (long end = key + 3; key < end; key++) {
            written.put(key, nowMs);
          }
          nowMs += 1 + random.nextInt(500);
        }
        if (random.nextInt(4) == 0) {
          long gone = random.nextLong(key);
          fixture.delete(n(nowMs), 0, gone);
          written.remove(gone);
          nowMs++;
        }
        fixture.tick(n(nowMs));
        if (round % 10 == 9) {
          commit(fixture, nowMs);
          if (round == 19) {
            var unused = fixture.index();
          }
        }
        // As ALTER does: the next read brings another value, shorter or longer, or none.
        fixture.info = with(fixture.info, random.nextInt(30));
        check(fixture, nowMs);
      }
    }
  }

  /** All rows of the log so far become a few files. */
  private void commit(ReadFixture fixture, long nowMs) throws InterruptedException {
    long from = HybridTimestamp.physicalMs(fixture.table().position(0) - ReadFixture.CREATED);
    List<DataFile> files = new ArrayList<>();
    TreeMap<Long, List<Long>> byTime = new TreeMap<>();
    written.forEach((key, ms) -> {
      if (ms > from || fixture.table().snapshot().files().isEmpty()) {
        byTime.computeIfAbsent(ms, t -> new ArrayList<>()).add(key);
      }
    });
    byTime.forEach((ms, keys) ->
        files.add(
            fixture.data(
                fixture.table().iceberg(),
                n(ms),
                0,
                DEFAULT,
                keys.stream().mapToLong(k -> k).toArray())));
    Set<Long> deleted = new TreeSet<>();
    for (long key = 0; key <= (written.isEmpty() ? 0 : written.lastKey()); key++) {
      if (!written.containsKey(key)) {
        deleted.add(key);
      }
    }
    List<DeleteFile> deletes =
        deleted.isEmpty()
            ? List.of()
            : List.of(
                fixture.deletes(
                    fixture.table().iceberg(), deleted.stream().mapToLong(k -> k).toArray()));
    fixture.commit(0, n(nowMs), files, deletes);
    fixture.settled(0);
  }

  private void check(ReadFixture fixture, long nowMs) {
    String ttl = fixture.info.properties().getOrDefault(TimeToLive.PROPERTY, "0");
    long ttlMs = Long.parseLong(ttl) * 1000;
    TreeMap<Long, Long> expected = new TreeMap<>(written);
    if (ttlMs > 0) {
      expected.values().removeIf(ms -> ms + ttlMs <= nowMs);
    }
    String as = "seed " + seed + ", at " + nowMs + " ms, ttl " + ttl;
    List<Object> keys = new ArrayList<>(expected.keySet());
    assertThat(fixture.keys()).as(as).isEqualTo(keys);
    assertThat(fixture.query("", -1, 0, true).count()).as(as).isEqualTo(keys.size());
    assertThat(fixture.reads.rowCount(fixture.info, Set.of())).as(as).isEqualTo(keys.size());
    if (!keys.isEmpty()) {
      List<Object> nearest = fixture.search((Long) keys.getFirst(), 5);
      assertThat(nearest).as(as).isEqualTo(keys.subList(0, Math.min(5, keys.size())));
    }
    long probe = random.nextLong(written.lastKey() + 1);
    assertThat(fixture.query("id == " + probe, -1, 0, false).count())
        .as(as + ", get " + probe)
        .isEqualTo(expected.containsKey(probe) ? 1 : 0);
  }

  private static long n(long ms) {
    return HybridTimestamp.ofMillis(ms);
  }

  static CollectionInfo with(CollectionInfo info, int ttlSeconds) {
    return new CollectionInfo(
        info.id(),
        info.database(),
        info.name(),
        info.schema(),
        info.pchannels(),
        info.consistency(),
        info.createdTimestamp(),
        info.updatedTimestamp(),
        info.partitions(),
        info.indexes(),
        Map.of(TimeToLive.PROPERTY, Integer.toString(ttlSeconds)));
  }
}
