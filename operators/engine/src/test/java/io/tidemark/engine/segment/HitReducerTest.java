package io.tidemark.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.index.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

class HitReducerTest {
  @Test
  void theNewestOfAKeyWinsEvenIfItIsFarther() {
    HitReducer reducer = new HitReducer(Metric.L2);
    reducer.add(1L, 10, 0.1f, 0, 0);
    reducer.add(1L, 20, 0.9f, 1, 5);
    reducer.add(2L, 10, 0.5f, 0, 1);
    assertThat(keys(reducer.reduce(0, 10))).containsExactly(2L, 1L);
    assertThat(reducer.reduce(1, 1).getFirst().row()).isEqualTo(5);
    assertThat(reducer.size()).isEqualTo(2);
  }

  @Test
  void amongEquallyNewTheNearerWins() {
    HitReducer reducer = new HitReducer(Metric.IP);
    reducer.add(1L, 10, 0.1f, 0, 0);
    reducer.add(1L, 10, 0.9f, 0, 1);
    reducer.add(1L, 10, 0.5f, 0, 2);
    assertThat(reducer.reduce(0, 10)).singleElement().extracting(HitReducer.Hit::row).isEqualTo(1);
  }

  @Test
  void equalScoresAreOrderedByKey() {
    HitReducer numbers = new HitReducer(Metric.COSINE);
    HitReducer texts = new HitReducer(Metric.L2);
    for (long key : new long[] {10, 9, -1, 100}) {
      numbers.add(key, 1, 1f, 0, 0);
      texts.add("k" + key, 1, 1f, 0, 0);
    }
    assertThat(keys(numbers.reduce(0, 10))).containsExactly(-1L, 9L, 10L, 100L);
    assertThat(keys(texts.reduce(0, 10))).containsExactly("k-1", "k10", "k100", "k9");
  }

  @Test
  void offsetAndLimitCutTheOrder() {
    HitReducer reducer = new HitReducer(Metric.IP);
    for (long key = 0; key < 10; key++) {
      reducer.add(key, 1, key, 0, (int) key);
    }
    assertThat(keys(reducer.reduce(2, 3))).containsExactly(7L, 6L, 5L);
    assertThat(reducer.reduce(8, Integer.MAX_VALUE)).hasSize(2);
    assertThat(reducer.reduce(99, 3)).isEmpty();
    assertThat(reducer.reduce(0, 0)).isEmpty();
    assertThatThrownBy(() -> reducer.reduce(-1, 3)).hasMessageContaining("offset -1");
  }

  private static List<Object> keys(List<HitReducer.Hit> hits) {
    return hits.stream().map(HitReducer.Hit::key).toList();
  }
}
