package io.tidemark.jobs.reindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.VectorLake;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.run.JobProgress;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.puffin.PuffinReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReindexJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final Map<String, String> COARSE = Map.of("M", "2", "efConstruction", "2");
  private static final Map<String, String> SMALL_SEGMENTS =
      Map.of("segment-rows", "1000", "index-rows-min", "500", "threads", "2");

  @TempDir Path folder;
  private VectorLake lake;

  @BeforeEach
  void open() throws Exception {
    lake = new VectorLake(folder, VectorLake.index(7, IndexType.HNSW, COARSE));
    lake.insert(0, 1000);
    lake.insert(1000, 1000);
    index();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void index() throws Exception {
    Map<String, String> options = new TreeMap<>(SMALL_SEGMENTS);
    options.put("force", "true");
    lake.run(new IndexJob(), options);
  }

  private Map<String, String> reindex(Map<String, String> given) throws Exception {
    return reindex(given, JobProgress.SILENT);
  }

  private Map<String, String> reindex(Map<String, String> given, JobProgress progress)
      throws Exception {
    Map<String, String> options = new TreeMap<>(SMALL_SEGMENTS);
    options.putAll(given);
    return lake.run(new ReindexJob(), options, progress).figures();
  }

  private static double number(Map<String, String> figures, String name) {
    return Double.parseDouble(figures.get(name));
  }

  private Set<Long> segmentsWith(long indexId) {
    return lake.registered().stream()
        .filter(index -> index.indexId() == indexId)
        .map(SegmentIndex::segmentId)
        .collect(Collectors.toSet());
  }

  private IndexDefinition inUse() {
    return lake.now().indexOn(VectorLake.VECTOR).orElseThrow();
  }

  private static JobProgress at(String stage, Runnable action) {
    return new JobProgress() {
      @Override
      public void stage(String what) {
        if (what.startsWith(stage)) {
          action.run();
        }
      }

      @Override
      public void planned(long tasks, long rows, long bytes) {}

      @Override
      public void done(long tasks, long rows) {}
    };
  }

  @Test
  void a_damaged_candidate_is_not_measured_and_never_switched_to() {
    IndexDefinition before = inUse();
    JobProgress damaging =
        at(
            "comparing",
            () ->
                lake.registered().stream()
                    .filter(index -> index.indexId() != before.id())
                    .map(index -> Path.of(index.file().replaceFirst("^file:/+", "/")))
                    .distinct()
                    .forEach(ReindexJobTest::flipInTheMiddle));
    assertThatThrownBy(() -> reindex(Map.of("params", "M=16,efConstruction=60"), damaging))
        .hasStackTraceContaining("is not the one that was registered");
    assertThat(inUse()).isEqualTo(before);
  }

  private static void flipInTheMiddle(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_better_index_is_built_beside_the_old_one_compared_and_switched_to() throws Exception {
    lake.delete(0, 200);
    Map<String, String> figures = reindex(Map.of("params", "M=16,efConstruction=60", "k", "10"));

    assertThat(figures)
        .containsEntry("outcome", "switched")
        .containsEntry("segments_built", "2")
        .containsEntry("queries", "100");
    assertThat(number(figures, "recall_new"))
        .isGreaterThan(0.95)
        .isGreaterThan(number(figures, "recall_old"));
    assertThat(number(figures, "latency_new_us")).isPositive();
    CollectionInfo now = lake.now();
    assertThat(inUse().parameters()).containsEntry("M", "16");
    assertThat(inUse().name()).isEqualTo("vector_idx");
    assertThat(now.candidates()).isEmpty();
    assertThat(now.previous()).extracting(IndexDefinition::id).containsExactly(7L);
    assertThat(segmentsWith(inUse().id())).isEqualTo(segmentsWith(7)).hasSize(2);
    for (SegmentIndex index : lake.registered()) {
      Path file = Path.of(index.file().replaceFirst("^file:/+", "/"));
      assertThat(PuffinReader.checksum(file)).isEqualTo(index.checksum());
    }
  }

  @Test
  void rolling_back_goes_to_the_previous_index_and_again_forward() throws Exception {
    reindex(Map.of("params", "M=16,efConstruction=60"));
    long better = inUse().id();

    assertThat(reindex(Map.of("rollback", "true"))).containsEntry("outcome", "rolled_back");
    assertThat(inUse().id()).isEqualTo(7);
    assertThat(inUse().parameters()).isEqualTo(COARSE);
    reindex(Map.of("rollback", "true"));
    assertThat(inUse().id()).isEqualTo(better);
  }

  @Test
  void an_index_that_finds_too_little_is_dropped_and_the_old_one_stays() throws Exception {
    Map<String, String> figures = reindex(Map.of("params", "M=2", "recall-min", "1"));

    assertThat(figures).containsEntry("outcome", "dropped_below_recall_min");
    assertThat(inUse().id()).isEqualTo(7);
    assertThat(lake.now().candidates()).isEmpty();
    assertThat(lake.now().previous()).isEmpty();
    assertThatThrownBy(() -> reindex(Map.of("rollback", "true")))
        .hasMessageContaining("no previous index");
  }

  @Test
  void the_same_index_can_be_built_anew_or_only_compared() throws Exception {
    lake.delete(0, 700);
    Map<String, String> compared = reindex(Map.of("switch", "false", "recall-min", "0"));
    assertThat(compared).containsEntry("outcome", "compared");
    assertThat(inUse().id()).isEqualTo(7);
    long candidate = lake.now().candidates().getFirst().id();

    Map<String, String> switched = reindex(Map.of("recall-min", "0"));
    assertThat(switched).containsEntry("outcome", "switched").containsEntry("segments_built", "0");
    assertThat(inUse().id()).isEqualTo(candidate);
    assertThat(inUse().parameters()).isEqualTo(COARSE);
  }

  @Test
  void exact_search_and_a_graph_replace_each_other() throws Exception {
    assertThat(reindex(Map.of("type", "FLAT"))).containsEntry("recall_new", "1.0000");
    assertThat(inUse().type()).isEqualTo(IndexType.FLAT);

    Map<String, String> figures = reindex(Map.of("type", "AUTOINDEX", "recall-min", "0.9"));
    assertThat(figures).containsEntry("outcome", "switched").containsEntry("recall_old", "1.0000");
    assertThat(segmentsWith(inUse().id())).hasSize(2);
  }

  @Test
  void segments_that_arrive_meanwhile_are_covered_and_deletes_count() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (long key = 10_000; !over.get() && key < 20_000; key += 200) {
                lake.insert(key, 200);
                lake.delete(key - 100, 50);
              }
            });
    try {
      AtomicBoolean once = new AtomicBoolean();
      Map<String, String> figures =
          reindex(
              Map.of("params", "M=16,efConstruction=60"),
              at(
                  "building",
                  () -> {
                    if (once.compareAndSet(false, true)) {
                      lake.insert(5_000, 1000);
                      indexUnchecked();
                    }
                  }));
      assertThat(figures).containsEntry("outcome", "switched");
    } finally {
      over.set(true);
      writer.join();
    }
    assertThat(segmentsWith(inUse().id())).containsAll(segmentsWith(7)).hasSizeGreaterThan(2);
  }

  private void indexUnchecked() {
    try {
      index();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void an_index_that_its_user_drops_meanwhile_stays_dropped() throws Exception {
    Map<String, String> figures =
        reindex(
            Map.of("params", "M=16"),
            at(
                "comparing",
                () -> lake.lake.changeCollection(lake.books, c -> c.withIndexes(List.of()))));
    assertThat(figures).containsEntry("outcome", "overtaken");
    assertThat(lake.now().keptIndexes()).isEmpty();
  }

  @Test
  void another_metric_and_unknown_options_are_refused() {
    assertThatThrownBy(() -> reindex(Map.of("metric", "COSINE")))
        .hasMessageContaining("change the results");
    assertThatThrownBy(() -> reindex(Map.of("colour", "blue"))).hasMessageContaining("colour");
    assertThatThrownBy(() -> reindex(Map.of("field", "other")))
        .hasMessageContaining("none on other");
    assertThatThrownBy(() -> reindex(Map.of("recall-min", "2"))).hasMessageContaining("0 to 1");
  }

  @Test
  void killed_at_any_moment_it_goes_on_when_it_is_run_again() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("ReindexJobTest seed=" + seed);
    Random random = new Random(seed);
    Map<String, String> request = Map.of("params", "M=16,efConstruction=60", "switch", "true");
    for (int round = 0; round < Integer.getInteger("faults.rounds", 4); round++) {
      Thread run =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  reindex(request);
                } catch (Exception e) {
                  System.err.println("ReindexJobTest run killed: " + e);
                }
              });
      Thread.sleep(random.nextInt(800));
      run.interrupt();
      run.join();
      assertThat(segmentsWith(inUse().id()))
          .as("what is in use covers everything, seed %d", seed)
          .hasSize(2);
    }
    assertThat(reindex(request)).containsEntry("outcome", "switched");
    assertThat(lake.now().candidates()).isEmpty();
    assertThat(inUse().parameters()).containsEntry("M", "16");
  }
}
