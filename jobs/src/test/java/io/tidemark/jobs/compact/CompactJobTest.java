package io.tidemark.jobs.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.VectorLake;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.model.column.Column;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.DeadRows;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CompactJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final Map<String, String> SMALL =
      Map.of(
          "segment-rows",
          "2000",
          "index-rows-min",
          "500",
          "age-min-seconds",
          "0",
          "delete-files-max",
          "3",
          "threads",
          "2");

  @TempDir Path folder;
  private VectorLake lake;

  @BeforeEach
  void open() {
    lake = new VectorLake(folder, VectorLake.index(7, IndexType.HNSW, Map.of()));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void small_files_become_one_that_is_indexed_before_anybody_sees_it() throws Exception {
    for (int i = 0; i < 8; i++) {
      lake.insert(i * 100L, 100);
    }
    lake.delete(50, 100);
    lake.upsert(700, 50, " again");
    lake.run(new CompactJob(), SMALL);
    List<LakeFile> files = lake.table().snapshot().files();
    assertThat(files).hasSizeLessThan(4);
    LakeFile largest = files.stream().max(java.util.Comparator.comparing(LakeFile::rows)).get();
    assertThat(lake.registered())
        .singleElement()
        .satisfies(index ->
            assertThat(index.sources())
                .containsExactly(new SegmentIndex.SourceFile(largest.path(), largest.rows())));
    Map<Long, String> expected = new TreeMap<>();
    for (long key = 0; key < 800; key++) {
      if (key < 50 || key >= 150) {
        expected.put(key, VectorLake.text(key) + (key >= 700 && key < 750 ? " again" : ""));
      }
    }
    assertThat(live(lake.table())).isEqualTo(expected);
    assertThat(lake.run(new CompactJob(), SMALL).figures())
        .as("a second run finds nothing")
        .containsEntry("files_rewritten", "0")
        .containsEntry("delete_conversions", "0");
  }

  @Test
  void equality_deletes_on_a_large_file_become_positions() throws Exception {
    lake.insert(0, 1900);
    for (int i = 0; i < 5; i++) {
      lake.delete(i * 10L, 3);
    }
    Map<Long, String> before = live(lake.table());
    assertThat(lake.run(new CompactJob(), SMALL).figures())
        .containsEntry("files_rewritten", "0")
        .containsEntry("delete_conversions", "1");
    LakeFile file = lake.table().snapshot().files().getFirst();
    assertThat(file.deletes()).hasSize(1).noneMatch(delete -> delete.byPrimaryKey());
    assertThat(live(lake.table())).isEqualTo(before).hasSize(1885);
    lake.delete(1000, 1);
    before.remove(1000L);
    assertThat(live(lake.table())).isEqualTo(before);
  }

  @Test
  void a_file_of_which_much_is_deleted_is_written_anew() throws Exception {
    lake.insert(0, 1900);
    lake.delete(0, 600);
    lake.run(new CompactJob(), SMALL);
    List<LakeFile> files = lake.table().snapshot().files();
    assertThat(files)
        .singleElement()
        .satisfies(file -> {
          assertThat(file.rows()).isEqualTo(1300);
          assertThat(file.deletes()).isEmpty();
        });
  }

  @Test
  void of_rows_with_one_key_the_newest_stays() throws Exception {
    for (int i = 0; i < 4; i++) {
      lake.insert(0, 100);
    }
    lake.run(new CompactJob(), SMALL);
    assertThat(lake.table().snapshot().files())
        .singleElement()
        .satisfies(file -> assertThat(file.rows()).isEqualTo(100));
  }

  @Test
  void bad_options_are_refused() {
    assertThatThrownBy(() -> lake.run(new CompactJob(), Map.of("files-min", "1")))
        .hasMessageContaining("files-min is 1");
    assertThatThrownBy(() -> lake.run(new CompactJob(), Map.of("fast", "true")))
        .hasMessageContaining("compact has no option 'fast'");
  }

  /**
   * Windows of writes, deletes and upserts, compaction and index builds between them and beside
   * them: {@code -Dweek.windows=N} for more, {@code -Dseed=N} to repeat a run.
   */
  @Test
  void over_a_week_files_stay_few_and_the_rows_are_those_of_a_replay() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    int windows = Integer.getInteger("week.windows", 30);
    System.err.println("CompactJobTest seed=" + seed + " windows=" + windows);
    Random random = new Random(seed);
    Map<Long, String> replay = new TreeMap<>();
    int filesMost = 0;
    int deletesMost = 0;
    for (int window = 1; window <= windows; window++) {
      boolean beside = window % 10 == 5;
      Thread job = beside ? Thread.ofPlatform().start(this::compact) : null;
      for (int i = 0; i < (beside ? 5 : 1); i++) {
        write(random, replay, window);
      }
      if (job != null) {
        job.join();
      }
      if (window % 5 == 0) {
        compact();
        lake.run(new IndexJob(), Map.of("segment-rows", "2000", "index-rows-min", "500"));
        List<LakeFile> files = lake.table().snapshot().files();
        Set<String> deletes =
            files.stream()
                .flatMap(file -> file.deletes().stream())
                .map(delete -> delete.path())
                .collect(Collectors.toSet());
        filesMost = Math.max(filesMost, files.size());
        deletesMost = Math.max(deletesMost, deletes.size());
        assertThat(live(lake.table())).as("seed %d window %d", seed, window).isEqualTo(replay);
        assertRegisteredAreWhole(files);
      }
    }
    // Up to files-min - 1 files in each of the sizes from one window's to a segment's, and
    // segments.
    assertThat(filesMost).as("files, seed %d", seed).isLessThanOrEqualTo(20);
    assertThat(deletesMost).as("delete files, seed %d", seed).isLessThanOrEqualTo(20);
  }

  private void compact() {
    try {
      lake.run(new CompactJob(), SMALL);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(Random random, Map<Long, String> replay, int window) {
    long first = random.nextInt(3000);
    int count = 1 + random.nextInt(120);
    switch (random.nextInt(4)) {
      case 0 -> {
        lake.delete(first, count);
        for (long key = first; key < first + count; key++) {
          replay.remove(key);
        }
      }
      case 1 -> {
        // Keys that may be there already: reads show the newest.
        lake.insert(first, count);
        for (long key = first; key < first + count; key++) {
          replay.put(key, VectorLake.text(key));
        }
      }
      default -> {
        lake.upsert(first, count, " w" + window);
        for (long key = first; key < first + count; key++) {
          replay.put(key, VectorLake.text(key) + " w" + window);
        }
      }
    }
  }

  /** Every index is over rows that are there, and no live file is in two of them. */
  private void assertRegisteredAreWhole(List<LakeFile> files) {
    Map<String, Long> rows = new HashMap<>();
    files.forEach(file -> rows.put(file.path(), file.rows()));
    Set<String> seen = new HashSet<>();
    for (SegmentIndex index : lake.registered()) {
      if (index.sources().stream().allMatch(source -> rows.containsKey(source.path()))) {
        index
            .sources()
            .forEach(source -> {
              assertThat(rows).containsEntry(source.path(), source.rows());
              assertThat(seen.add(source.path())).isTrue();
            });
      }
    }
  }

  /** As reads see it: no deleted row, of a key the newest. */
  private static Map<Long, String> live(LakeTable table) {
    Map<Long, String> texts = new TreeMap<>();
    Map<Long, Long> newest = new HashMap<>();
    DeadRows deletes = new DeadRows(table);
    for (LakeFile file : table.snapshot().files()) {
      LakeRows rows = table.read(file);
      BitSet dead = deletes.of(file, rows);
      Column keys = rows.batch().column(VectorLake.ID).orElseThrow();
      Column values = rows.batch().column(VectorLake.TEXT).orElseThrow();
      for (int row = dead.nextClearBit(0); row < keys.size(); row = dead.nextClearBit(row + 1)) {
        Long key = (Long) keys.value(row);
        long timestamp = rows.timestamps()[row];
        if (newest.getOrDefault(key, 0L) < timestamp) {
          newest.put(key, timestamp);
          texts.put(key, String.valueOf(values.value(row)));
        }
      }
    }
    return texts;
  }
}
