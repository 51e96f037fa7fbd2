package io.tidemark.jobs.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.LakeFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compaction races deletes and upserts, and itself, and is killed at random: the journal of what
 * was committed tells what must be there. {@code -Dfaults.rounds=N} for more, {@code -Dseed=N} to
 * repeat the operations of a run.
 */
class CompactRaceTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final Map<String, String> LIMITS =
      Map.of(
          "force", "true",
          "segment-rows", "500",
          "index-rows-min", "100",
          "threads", "1");

  @TempDir Path folder;
  private CompactionLake lake;
  private final AtomicBoolean ended = new AtomicBoolean();

  @BeforeEach
  void open() {
    lake = new CompactionLake(folder, Map.of());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void deletes_that_race_compactions_win_and_nothing_is_lost_doubled_or_left_behind()
      throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("CompactRaceTest seed=" + seed);
    Random random = new Random(seed);
    lake.insert(0, 1000, "");
    lake.commit();
    Thread steady = Thread.ofPlatform().start(this::compactUntilTheEnd);
    int rounds = Integer.getInteger("faults.rounds", 3);
    try {
      race(random, rounds, seed);
    } finally {
      ended.set(true);
      steady.join();
    }
    lake.run(new CompactJob(), LIMITS);
    assertThat(lake.differences()).as("seed %d", seed).isEmpty();
    assertThat(lake.scan().size()).as("rows, seed %d", seed).isEqualTo(lake.replay.size());
    assertThat(lake.deleteFiles()).as("seed %d", seed).isZero();
    assertIndexesAreThere();
  }

  private void race(Random random, int rounds, long seed) throws Exception {
    for (int round = 0; round < rounds; round++) {
      Thread killed = Thread.ofPlatform().start(this::compact);
      for (int window = 0; window < 6; window++) {
        long first = random.nextInt(1000);
        int count = 1 + random.nextInt(60);
        if (random.nextBoolean()) {
          lake.delete(first, count);
        } else {
          lake.upsert(first, count, " r" + round + "w" + window);
        }
        lake.commit();
        Thread.sleep(random.nextInt(60));
      }
      killed.interrupt();
      killed.join();
      assertThat(lake.differences()).as("seed %d round %d", seed, round).isEmpty();
    }
  }

  private void compactUntilTheEnd() {
    while (!ended.get()) {
      compact();
    }
  }

  private void compact() {
    try {
      lake.run(new CompactJob(), new TreeMap<>(LIMITS));
    } catch (Exception e) {
      System.err.println("CompactRaceTest compaction ended: " + e);
    }
  }

  /** Of every registered index the file is there, also of those that lost their race just now. */
  private void assertIndexesAreThere() throws IOException {
    Set<String> live = lake.files().stream().map(LakeFile::path).collect(Collectors.toSet());
    for (SegmentIndex index : lake.registered()) {
      if (index.sources().stream().allMatch(source -> live.contains(source.path()))) {
        assertThat(Path.of(URI.create(index.file()).getPath())).exists();
      }
    }
    try (Stream<Path> files = Files.walk(folder.resolve("warehouse"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".parquet"))).isNotEmpty();
    }
  }
}
