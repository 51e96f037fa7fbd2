package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionChangeTest {
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 15);

  @TempDir Path folder;
  private LakeFixture fixture;
  private CollectionInfo info;

  @BeforeEach
  void open() {
    fixture = new LakeFixture(folder);
    info = LakeFixture.info(1, "books", LakeFixture.books(), 1);
    fixture.lake.createCollection(info);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static IndexDefinition index(long id, IndexType type) {
    return new IndexDefinition(id, 102, "vec", "idx", type, Metric.L2, Map.of("M", "16"));
  }

  private static CollectionInfo withPartition(CollectionInfo current, long id) {
    List<Partition> partitions = new ArrayList<>(current.partitions());
    partitions.add(new Partition(id, "p" + id, id));
    return current.withPartitions(partitions);
  }

  @Test
  void candidates_and_previous_indexes_read_back_and_a_table_without_them_has_none() {
    CollectionInfo changed =
        fixture.lake.changeCollection(
            info,
            current ->
                current.withIndexes(
                    List.of(index(1, IndexType.HNSW)),
                    List.of(index(2, IndexType.AUTOINDEX)),
                    List.of(index(3, IndexType.FLAT))));

    assertThat(fixture.lake.collectionById(1)).contains(changed);
    assertThat(changed.keptIndexes()).extracting(IndexDefinition::id).containsExactly(1L, 2L, 3L);
    assertThat(changed.builtIndexes()).extracting(IndexDefinition::id).containsExactly(1L, 2L);

    Table table = fixture.lake.table(info).iceberg();
    table
        .updateProperties()
        .remove("tidemark.indexes.candidates")
        .remove("tidemark.indexes.previous")
        .commit();
    CollectionInfo old = fixture.lake.collectionById(1).orElseThrow();
    assertThat(old.indexes()).isEqualTo(changed.indexes());
    assertThat(old.candidates()).isEmpty();
    assertThat(old.previous()).isEmpty();
  }

  @Test
  void a_field_that_loses_its_index_loses_candidate_and_previous_too() {
    CollectionInfo with =
        info.withIndexes(
            List.of(index(1, IndexType.HNSW)),
            List.of(index(2, IndexType.HNSW)),
            List.of(index(3, IndexType.HNSW)));
    CollectionInfo without = with.withIndexes(List.of());
    assertThat(without.keptIndexes()).isEmpty();
  }

  @Test
  void changes_that_race_all_take_effect() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int who = 0; who < 2; who++) {
      int first = 1000 * (who + 1);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try (Lake lake = Lake.open(fixture.config)) {
                  start.await();
                  for (int i = 0; i < ROUNDS; i++) {
                    long id = (long) first + i;
                    lake.changeCollection(info, current -> withPartition(current, id));
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(fixture.lake.collectionById(1).orElseThrow().partitions())
        .hasSize(info.partitions().size() + 2 * ROUNDS);
  }
}
