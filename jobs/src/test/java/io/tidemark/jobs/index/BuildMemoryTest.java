package io.tidemark.jobs.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BuildMemoryTest {
  /** Of 2 dimensions: twice 8 bytes of vectors, 512 of graph. */
  private static final long ROW = 528;

  private final BuildMemory memory = new BuildMemory(100 * ROW, 300 * ROW);

  private BuildMemory.Taken take(long rows) throws InterruptedException {
    return memory.take(
        IndexPlannerTest.collection(IndexPlannerTest.HNSW),
        77,
        List.of(IndexPlannerTest.HNSW),
        rows,
        0);
  }

  @Test
  void a_build_waits_until_others_have_left_enough() throws Exception {
    BuildMemory.Taken first = take(60);
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<BuildMemory.Taken> second =
        CompletableFuture.supplyAsync(() -> {
          try {
            waiting.countDown();
            return take(60);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second).isNotDone();
    first.close();
    second.get(60, TimeUnit.SECONDS).close();
  }

  @Test
  void builds_that_fit_together_run_together_and_a_large_one_alone() throws Exception {
    try (BuildMemory.Taken one = take(40);
        BuildMemory.Taken other = take(40)) {
      assertThat(one).isNotSameAs(other);
    }
    try (BuildMemory.Taken alone = take(300)) {
      assertThat(alone).isNotNull();
    }
    take(100).close();
  }

  @Test
  void codes_lists_and_neighbours_count() {
    long vectors = 16 * 100_000;
    assertThat(needed(IndexType.IVF_FLAT)).isBetween(vectors + 1_200_000, vectors + 2_000_000);
    assertThat(needed(IndexType.IVF_SQ8)).isEqualTo(needed(IndexType.IVF_FLAT) + (2 + 4) * 100_000);
    assertThat(needed(IndexType.HNSW)).isEqualTo(ROW * 100_000);
    assertThat(needed(IndexType.HNSW_SQ)).isEqualTo((ROW + 2 + 4) * 100_000);
    assertThat(needed(IndexType.DISKANN)).isGreaterThan((16 + 16 * 56) * 100_000);
  }

  private static long needed(IndexType type) {
    IndexDefinition definition =
        new IndexDefinition(7, 101, "vector", "i", type, Metric.L2, Map.of());
    return BuildMemory.needed(
        IndexPlannerTest.collection(definition), List.of(definition), 100_000, 0);
  }

  @Test
  void one_that_never_fits_is_refused_with_what_it_needs() {
    assertThatThrownBy(() -> take(10_000))
        .isInstanceOfSatisfying(
            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
        .hasMessageContaining("segment 77 of collection books, 10000 rows, needs about 5.0 MiB")
        .hasMessageContaining("a build may take 0.2 MiB")
        .hasMessageContaining("segment-rows");
  }
}
