package io.tidemark.jobs.compact;

import static io.tidemark.jobs.compact.CompactionLake.list;
import static io.tidemark.jobs.compact.CompactionLake.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.jobs.index.IndexJob;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.LakeFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many windows of writes, upserts and deletes, with compaction and index builds between them: what
 * is there stays bounded, and is what a replay has. {@code -Dweek.windows=N} for more, {@code
 * -Dseed=N} to repeat a run.
 */
class CompactWeekTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final int KEYS = 4000;
  private static final int SEGMENT_ROWS = 600;
  private static final int FILES_MIN = 4;
  private static final int DELETE_FILES_MAX = 6;
  private static final int WINDOWS_BETWEEN = 8;

  /** Two shards of two partitions, and rows of another engine. */
  private static final int PLACES = 5;

  private static final Map<String, String> LIMITS =
      Map.of(
          "segment-rows",
          Integer.toString(SEGMENT_ROWS),
          "files-min",
          Integer.toString(FILES_MIN),
          "index-rows-min",
          "200",
          "age-min-seconds",
          "0",
          "delete-files-max",
          Integer.toString(DELETE_FILES_MAX),
          "threads",
          "2");

  @TempDir Path folder;
  private CompactionLake lake;
  private Random random;
  private long nextForeign = 1_000_000;

  @BeforeEach
  void open() {
    lake = new CompactionLake(folder, Map.of());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void files_deletes_and_segments_stay_few_and_the_rows_are_those_of_a_replay() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    int windows = Integer.getInteger("week.windows", 48);
    System.err.println("CompactWeekTest seed=" + seed + " windows=" + windows);
    random = new Random(seed);
    for (int window = 1; window <= windows; window++) {
      window(" w" + window);
      if (window % WINDOWS_BETWEEN == 0) {
        lake.run(new CompactJob(), LIMITS);
        lake.run(
            new IndexJob(),
            Map.of(
                "segment-rows", Integer.toString(SEGMENT_ROWS),
                "index-rows-min", "200",
                "segment-idle-seconds", "0"));
        look("seed " + seed + " window " + window);
      }
    }
  }

  private void window(String suffix) {
    int operations = 1 + random.nextInt(3);
    for (int i = 0; i < operations; i++) {
      long first = random.nextInt(KEYS);
      int count = 1 + random.nextInt(100);
      switch (random.nextInt(5)) {
        case 0 -> lake.delete(first, count);
        case 1 -> lake.insert(first, count, suffix);
        default -> lake.upsert(first, count, suffix);
      }
    }
    lake.commit();
    if (random.nextInt(10) == 0) {
      long key = nextForeign++;
      Record row = lake.foreign(key, "foreign", list(vector(key)));
      lake.append(row);
      lake.replay.put(key, "foreign");
    }
  }

  private void look(String when) {
    assertThat(lake.differences()).as(when).isEmpty();
    List<LakeFile> files = lake.files();
    long rows = files.stream().mapToLong(LakeFile::rows).sum();
    // Less than files-min of each size in each place, and segments of half the size at least.
    long sizes = 1 + Math.round(Math.log(SEGMENT_ROWS) / Math.log(FILES_MIN));
    long most = PLACES * (FILES_MIN - 1) * sizes + 2 * rows / SEGMENT_ROWS;
    assertThat(files.size()).as("files, " + when).isLessThanOrEqualTo((int) most);
    assertThat(lake.deleteFiles())
        .as("delete files, " + when)
        .isLessThan(files.size() + DELETE_FILES_MAX);
    long dead = rows - lake.scan().size();
    assertThat(dead).as("dead rows, " + when).isLessThanOrEqualTo(rows / 3);
    assertIndexesFit(files, when);
  }

  /** Every live file is in one segment at most, and the large ones are in one. */
  private void assertIndexesFit(List<LakeFile> files, String when) {
    Map<String, Long> rows = new HashMap<>();
    files.forEach(file -> rows.put(file.path(), file.rows()));
    Set<String> indexed = new HashSet<>();
    Set<List<SegmentIndex.SourceFile>> segments =
        lake.registered().stream()
            .map(SegmentIndex::sources)
            .filter(sources ->
                sources.stream()
                    .allMatch(
                        source -> Long.valueOf(source.rows()).equals(rows.get(source.path()))))
            .collect(Collectors.toSet());
    segments.forEach(sources ->
        sources.forEach(source ->
            assertThat(indexed.add(source.path())).as("in two segments, " + when).isTrue()));
    assertThat(files.stream().filter(file -> file.rows() >= 200).map(LakeFile::path))
        .as(when)
        .allMatch(indexed::contains);
  }
}
