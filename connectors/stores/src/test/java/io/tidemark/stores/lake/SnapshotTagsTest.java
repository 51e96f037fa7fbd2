package io.tidemark.stores.lake;

import static io.tidemark.stores.lake.LakeFixture.CREATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.ExpireSnapshots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTagsTest {
  @TempDir Path folder;

  private static void commit(LakeTable table, int shard, long n) {
    var unused =
        new LogSnapshotCommitter()
            .commit(
                table,
                shard,
                table.position(shard),
                CREATED + n,
                List.of(LakeFixture.books(table.iceberg(), CREATED + n, n)),
                List.of(),
                List.of());
  }

  @Test
  void aNameKeepsItsStateAndItsPositionsWhateverExpires() {
    try (LakeFixture fixture = new LakeFixture(folder)) {
      CollectionInfo info = LakeFixture.info(7, "books", LakeFixture.books(), 2);
      LakeTable table = fixture.create(info);
      commit(table, 0, 10);
      commit(table, 1, 20);
      SnapshotTag tag =
          SnapshotTags.create(table, "here", Map.of(0, CREATED + 15), Duration.ofDays(9_999));
      assertThat(tag.positions()).isEqualTo(Map.of(0, CREATED + 15, 1, CREATED + 20));
      assertThat(tag.rows()).isEqualTo(2);
      assertThat(SnapshotTags.create(table, "here", Map.of(), null).snapshotId())
          .isEqualTo(tag.snapshotId());
      commit(table, 0, 30);
      assertThatThrownBy(() -> SnapshotTags.create(table, "here", Map.of(), null))
          .hasMessageContaining("another state already");
      table.iceberg().expireSnapshots().expireOlderThan(Long.MAX_VALUE).commit();
      table.refresh();
      assertThat(SnapshotTags.list(table)).containsExactly(SnapshotTags.require(table, "here"));
      assertThat(SnapshotTags.require(table, "here")).isEqualTo(tag);
      assertThat(table.snapshot(tag.snapshotId()).positions()).isEqualTo(tag.positions());
      assertThat(table.snapshot(tag.snapshotId()).files()).hasSize(2);
      assertThat(table.position(0)).isEqualTo(CREATED + 30);
      assertThat(SnapshotTags.drop(table, "here")).isTrue();
      assertThat(SnapshotTags.drop(table, "here")).isFalse();
      assertThat(table.iceberg().properties().keySet())
          .noneMatch(key -> key.startsWith(TagProperties.PREFIX));
      assertThatThrownBy(() -> SnapshotTags.createAt(table, "late", tag.snapshotId() + 1, null))
          .hasMessageContaining("has no snapshot");
    }
  }

  /** Iceberg counts a tag's age from its snapshot's time, which may be long ago. */
  @Test
  void aNameStaysForItsAgeHoweverOldTheStateIs() throws Exception {
    try (LakeFixture fixture = new LakeFixture(folder)) {
      LakeTable table = fixture.create(LakeFixture.info(7, "books", LakeFixture.books(), 1));
      commit(table, 0, 10);
      Duration age = Duration.ofMillis(50);
      // The state is older by then than its name is to become.
      Thread.sleep(2 * age.toMillis());
      SnapshotTag tag = SnapshotTags.create(table, "here", Map.of(), age);
      assertThat(tag.committedMs() + tag.ageMaxMs())
          .isGreaterThanOrEqualTo(tag.createdMs() + age.toMillis());
      assertThat(SnapshotTags.require(table, "here")).isEqualTo(tag);
    }
  }

  @Test
  void anEmptyTableCanBeNamedAndNamesAreChecked() {
    try (LakeFixture fixture = new LakeFixture(folder)) {
      CollectionInfo info = LakeFixture.info(7, "books", LakeFixture.books(), 1);
      LakeTable table = fixture.create(info);
      SnapshotTag tag = SnapshotTags.create(table, "empty", Map.of(), null);
      assertThat(tag.rows()).isZero();
      assertThat(tag.positions()).isEqualTo(Map.of(0, CREATED));
      for (String name : List.of("main", "", "1", "2026-05-04", "a b", "x".repeat(129))) {
        assertThatThrownBy(() -> SnapshotTags.create(table, name, Map.of(), null))
            .hasMessageContaining("snapshot name '" + name + "' is invalid");
      }
    }
  }

  /** A commit tells its own shard's position; the others' are known while any neighbour is. */
  @Test
  void everySnapshotThatCanBeReadKnowsHowFarEachShardIs() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("SnapshotTagsTest -Dseed=" + seed);
    Random random = new Random(seed);
    try (LakeFixture fixture = new LakeFixture(folder)) {
      CollectionInfo info = LakeFixture.info(7, "books", LakeFixture.books(), 3);
      LakeTable table = fixture.create(info);
      Map<Long, Map<Integer, Long>> expected = new HashMap<>();
      Map<Integer, Long> positions = new HashMap<>(Map.of(0, CREATED, 1, CREATED, 2, CREATED));
      for (int n = 1; n <= 15; n++) {
        if (random.nextInt(4) == 0) {
          table
              .iceberg()
              .newAppend()
              .appendFile(LakeFixture.books(table.iceberg(), CREATED, 1000 + n))
              .commit();
          table.refresh();
        } else {
          int shard = random.nextInt(3);
          commit(table, shard, n);
          positions.put(shard, CREATED + n);
        }
        expected.put(table.iceberg().currentSnapshot().snapshotId(), new HashMap<>(positions));
      }
      ExpireSnapshots expiry = table.iceberg().expireSnapshots().retainLast(1 + random.nextInt(15));
      expiry.expireOlderThan(Long.MAX_VALUE).commit();
      table.refresh();
      List<LakeMoment> moments = table.history();
      assertThat(moments).isNotEmpty();
      for (LakeMoment moment : moments) {
        if (moment.snapshotId() != LakeSnapshot.NONE) {
          assertThat(moment.positions())
              .as("seed " + seed)
              .isEqualTo(expected.get(moment.snapshotId()));
          assertThat(table.snapshot(moment.snapshotId()).positions())
              .as("seed " + seed)
              .isEqualTo(moment.positions());
        }
      }
    }
  }
}
