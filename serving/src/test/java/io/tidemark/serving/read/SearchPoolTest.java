package io.tidemark.serving.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchPoolTest {
  private static final double INLINE = 1;
  private static final double SPREAD = 1e9;

  @ParameterizedTest
  @ValueSource(doubles = {INLINE, SPREAD})
  void everyTaskOfEveryWorkRunsOnce(double cost) {
    int[] tasks = {3, 0, 1, 200, 0, 7};
    List<AtomicIntegerArray> runs = new ArrayList<>();
    List<SearchPool.Work> works = new ArrayList<>();
    for (int count : tasks) {
      AtomicIntegerArray counted = new AtomicIntegerArray(count);
      runs.add(counted);
      works.add(new SearchPool.Work(count, cost, counted::incrementAndGet));
    }
    try (SearchPool pool = new SearchPool(4)) {
      pool.run(works);
      pool.run(List.of());
    }
    for (AtomicIntegerArray counted : runs) {
      assertThat(IntStream.range(0, counted.length()).map(counted::get))
          .allMatch(count -> count == 1);
    }
  }

  @Test
  void everyQueryCostsWhatItHasElements() {
    QueryVector none = new SparseQuery(new int[0], new float[0]);
    int[] indices = IntStream.range(0, 40).toArray();
    QueryVector forty = new SparseQuery(indices, new float[indices.length]);
    // A row costs something even where nothing is multiplied.
    assertThat(SearchRun.multiplications(List.of(none, forty))).isEqualTo(16 + 40);
    assertThat(SearchRun.multiplications(List.of(forty, none, forty))).isEqualTo(96);
    assertThat(SearchRun.multiplications(List.of())).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {INLINE, SPREAD})
  void aFailureOfOneIsThrown(double cost) {
    SearchPool.Work fine = new SearchPool.Work(5, cost, task -> {});
    SearchPool.Work failing =
        new SearchPool.Work(
            5,
            cost,
            task -> {
              throw new IllegalStateException("task " + task);
            });
    try (SearchPool pool = new SearchPool(2)) {
      assertThatThrownBy(() -> pool.run(List.of(fine, failing)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("task ");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {INLINE, SPREAD})
  void aCallThatNobodyWaitsForEndsBeforeItsNextTask(double cost) {
    Context.CancellableContext call = Context.current().withCancellation();
    AtomicInteger ran = new AtomicInteger();
    try (SearchPool pool = new SearchPool(2)) {
      call.run(() ->
          assertThatThrownBy(() ->
                  pool.run(
                      1_000,
                      cost,
                      task -> {
                        ran.incrementAndGet();
                        call.cancel(null);
                      }))
              .isInstanceOfSatisfying(
                  TidemarkException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_NOT_READY)));
    }
    // Of two threads each may have begun one.
    assertThat(ran.get()).isBetween(1, 2);
  }
}
