package io.tidemark.jobs.reembed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.jobs.VectorLake;
import io.tidemark.jobs.index.IndexJob;
import io.tidemark.jobs.reindex.ReindexJob;
import io.tidemark.model.column.Column;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.DeadRows;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeRows;
import io.tidemark.stores.lake.LakeTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReembedJobTest {
  @RegisterExtension
  static final MiniClusterExtension FLINK =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final Map<String, String> REQUEST =
      Map.of(
          "from", "text", "into", "other", "model", HashingProvider.MODEL, "index-rows-min", "500");

  @TempDir Path folder;
  private VectorLake lake;

  @BeforeEach
  void open() {
    lake = new VectorLake(folder, VectorLake.index(7, IndexType.HNSW, Map.of("M", "8")));
    HashingProvider.TEXTS.set(0);
    HashingProvider.BEFORE_BATCH.set(() -> {});
  }

  @AfterEach
  void close() {
    HashingProvider.BEFORE_BATCH.set(() -> {});
    lake.close();
  }

  private Map<String, String> reembed(String... more) throws Exception {
    Map<String, String> options = new TreeMap<>(REQUEST);
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return lake.run(new ReembedJob(), options).figures();
  }

  private void index() throws Exception {
    lake.run(
        new IndexJob(), Map.of("force", "true", "segment-rows", "1000", "index-rows-min", "500"));
  }

  /** What a hook throws would make the task start over, unseen. */
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private void before(int batch, Runnable action) {
    Runnable others = HashingProvider.BEFORE_BATCH.get();
    AtomicInteger seen = new AtomicInteger();
    HashingProvider.BEFORE_BATCH.set(() -> {
      others.run();
      if (seen.incrementAndGet() == batch) {
        try {
          action.run();
        } catch (RuntimeException | Error e) {
          failure.set(e);
          throw e;
        }
      }
    });
  }

  private record Row(String text, long timestamp, String other, String vector) {}

  /** The live rows by key. */
  private Map<Long, Row> rows() {
    Map<Long, Row> rows = new TreeMap<>();
    LakeTable table = lake.table();
    DeadRows deletes = new DeadRows(table);
    for (LakeFile file : table.snapshot().files()) {
      LakeRows read = table.read(file);
      assertThat(read.rejected()).isEmpty();
      BitSet dead = deletes.of(file, read);
      for (int row = 0; row < read.batch().size(); row++) {
        if (!dead.get(row)) {
          Column other = read.batch().columns().get(VectorLake.OTHER);
          Row before =
              rows.put(
                  (Long) value(read, VectorLake.ID, row),
                  new Row(
                      (String) value(read, VectorLake.TEXT, row),
                      read.timestamps()[row],
                      Arrays.toString(other == null ? null : (float[]) other.value(row)),
                      Arrays.toString((float[]) value(read, VectorLake.VECTOR, row))));
          assertThat(before).as("a key lives once").isNull();
        }
      }
    }
    return rows;
  }

  private static Object value(LakeRows rows, int field, int row) {
    return rows.batch().column(field).orElseThrow().value(row);
  }

  private void assertEmbedded(String model) {
    rows()
        .forEach((key, row) -> {
          assertThat(row.other())
              .as("the vector of row %d", key)
              .isEqualTo(Arrays.toString(HashingProvider.vector(model, row.text())));
          assertThat(row.vector()).isEqualTo(Arrays.toString(VectorLake.vector(key)));
        });
  }

  @Test
  void every_row_gets_the_vector_of_its_text_and_keeps_all_else() throws Exception {
    assertThat(lake.table().history()).allMatch(moment -> moment.othersMs() == 0);
    lake.insert(0, 900);
    lake.insert(900, 600);
    lake.delete(100, 50);
    Map<Long, Row> before = rows();

    Map<String, String> figures = reembed();

    assertThat(figures)
        .containsEntry("complete", "true")
        .containsEntry("rows_embedded", "1450")
        .containsEntry("files_rewritten", "2");
    assertEmbedded(HashingProvider.MODEL);
    // Who reads as of a time before must not be shown these vectors.
    assertThat(lake.table().history().getFirst().othersMs()).isPositive();
    assertThat(rows().keySet()).isEqualTo(before.keySet());
    rows()
        .forEach((key, row) -> assertThat(row.timestamp()).isEqualTo(before.get(key).timestamp()));
    assertThat(reembed()).containsEntry("rows_embedded", "0").containsEntry("files_rewritten", "0");
    assertThat(HashingProvider.TEXTS.get()).isEqualTo(1450);
  }

  @Test
  void what_replaces_an_indexed_segment_is_indexed_before_it_is_seen() throws Exception {
    lake.insert(0, 1000);
    lake.insert(1000, 1000);
    index();

    reembed();

    List<String> live = lake.table().snapshot().files().stream().map(LakeFile::path).toList();
    assertThat(live).hasSize(2);
    for (String path : live) {
      assertThat(lake.registered())
          .anySatisfy(index -> {
            assertThat(index.indexId()).isEqualTo(7);
            assertThat(index.sources()).containsExactly(new SegmentIndex.SourceFile(path, 1000));
          });
    }
  }

  @Test
  void the_new_field_is_indexed_compared_and_switched_like_any_other() throws Exception {
    lake.insert(0, 1500);
    index();
    IndexDefinition other =
        new IndexDefinition(
            20, VectorLake.OTHER, "other", "other_idx", IndexType.HNSW, Metric.COSINE, Map.of());
    lake.lake.changeCollection(
        lake.books, c -> c.withIndexes(List.of(c.indexes().getFirst(), other)));
    // Built over rows that all lack the vector.
    index();

    reembed();
    index();

    Map<String, String> figures =
        lake.run(
                new ReindexJob(),
                Map.of("field", "other", "params", "M=16", "index-rows-min", "500"))
            .figures();
    assertThat(figures).containsEntry("outcome", "switched").containsEntry("queries", "100");
    assertThat(Double.parseDouble(figures.get("recall_old"))).isGreaterThan(0.9);
  }

  @Test
  void upserts_and_deletes_that_race_win() throws Exception {
    lake.insert(0, 1000);
    lake.insert(1000, 1000);
    before(1, () -> lake.delete(0, 100));
    before(2, () -> lake.upsert(500, 100, " second edition"));
    before(3, () -> lake.insert(5000, 300));
    before(12, () -> lake.upsert(1500, 100, " third edition"));

    Map<String, String> figures = reembed();

    assertThat(failure.get()).isNull();
    assertThat(figures).containsEntry("complete", "true");
    Map<Long, Row> rows = rows();
    assertThat(rows.size()).isEqualTo(2000 - 100 + 300);
    assertThat(rows.keySet()).doesNotContain(0L, 99L);
    assertThat(rows.get(550L).text()).isEqualTo("book 550 second edition");
    assertThat(rows.get(1599L).text()).isEqualTo("book 1599 third edition");
    assertEmbedded(HashingProvider.MODEL);
  }

  @Test
  void another_model_fills_the_field_anew_when_asked_for_all() throws Exception {
    lake.insert(0, 300);
    reembed();
    assertThat(reembed("model", HashingProvider.OTHER_MODEL)).containsEntry("rows_embedded", "0");

    assertThat(reembed("model", HashingProvider.OTHER_MODEL, "again", "true"))
        .containsEntry("complete", "true")
        .containsEntry("rows_embedded", "300");
    assertEmbedded(HashingProvider.OTHER_MODEL);
  }

  @Test
  void what_cannot_be_is_refused_before_anything_is_read() {
    lake.insert(0, 10);
    assertThatThrownBy(() -> reembed("into", "vector")).hasMessageContaining("dimension 16");
    assertThatThrownBy(() -> reembed("from", "id")).hasMessageContaining("expected VARCHAR");
    assertThatThrownBy(() -> reembed("model", "gpt")).hasMessageContaining("test-hashing");
    assertThatThrownBy(() -> reembed("into", "nowhere")).hasMessageContaining("no field nowhere");
  }

  @Test
  void killed_at_any_moment_it_goes_on_with_what_is_left() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.err.println("ReembedJobTest seed=" + seed);
    Random random = new Random(seed);
    for (int file = 0; file < 4; file++) {
      lake.insert(file * 600L, 600);
    }
    index();
    HashingProvider.BEFORE_BATCH.set(() -> {
      try {
        Thread.sleep(3);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    for (int round = 0; round < Integer.getInteger("faults.rounds", 4); round++) {
      Thread run =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  reembed();
                } catch (Exception e) {
                  System.err.println("ReembedJobTest run killed: " + e);
                }
              });
      Thread.sleep(random.nextInt(700));
      run.interrupt();
      run.join();
      assertThat(rows().size()).as("every row, seed %d", seed).isEqualTo(2400);
    }
    assertThat(reembed()).containsEntry("complete", "true");
    assertEmbedded(HashingProvider.MODEL);
  }
}
