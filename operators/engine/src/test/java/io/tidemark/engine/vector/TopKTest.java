package io.tidemark.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.index.Metric;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopKTest {
  @ParameterizedTest
  @EnumSource(Metric.class)
  void keepsTheBestInOrderWithTheLowerOrdinalFirstAmongEquals(Metric metric) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int k : new int[] {1, 2, 10, 64, 65, 500}) {
      int count = 300;
      float[] scores = new float[count];
      Integer[] order = IntStream.range(0, count).boxed().toArray(Integer[]::new);
      TopK top = new TopK(k, metric);
      for (int i = 0; i < count; i++) {
        scores[i] = random.nextInt(80) - 40;
        top.add(i, scores[i]);
      }
      Comparator<Integer> nearest = Comparator.comparingDouble(i -> scores[i]);
      Arrays.sort(
          order,
          (metric.largerIsNearer() ? nearest.reversed() : nearest)
              .thenComparing(Comparator.naturalOrder()));
      int[] expected = Arrays.stream(order).limit(k).mapToInt(Integer::intValue).toArray();
      if (k < count) {
        assertThat(top.worst()).as("seed %d", seed).isEqualTo(scores[expected[k - 1]]);
      }
      TopK.Hits hits = top.drain();
      assertThat(hits.ordinals()).as("seed %d k %d", seed, k).containsExactly(expected);
      for (int i = 0; i < hits.size(); i++) {
        assertThat(hits.score(i)).isEqualTo(scores[hits.ordinal(i)]);
      }
      assertThat(top.size()).isZero();
    }
  }

  @Test
  void nothingIsRuledOutBeforeItIsFull() {
    assertThat(new TopK(2, Metric.L2).worst()).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(new TopK(2, Metric.IP).worst()).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void aRangeOfDistancesHoldsItsInnerBoundAndNotItsOuter() {
    TopK top = new TopK(10, Metric.L2);
    top.restrict(5, 2);
    IntStream.range(0, 8).forEach(i -> top.add(i, i));
    assertThat(top.drain().ordinals()).containsExactly(2, 3, 4);
  }

  @Test
  void aRangeOfScoresHoldsItsInnerBoundAndNotItsOuter() {
    TopK top = new TopK(10, Metric.IP);
    top.restrict(2, 5);
    IntStream.range(0, 8).forEach(i -> top.add(i, i));
    assertThat(top.drain().ordinals()).containsExactly(5, 4, 3);
  }

  @Test
  void noNumberIsNeverKeptAndInfinityIs() {
    TopK top = new TopK(3, Metric.L2);
    top.add(0, Float.NaN);
    top.add(1, Float.POSITIVE_INFINITY);
    top.add(2, -0f);
    TopK.Hits hits = top.drain();
    assertThat(hits.ordinals()).containsExactly(2, 1);
    assertThat(hits.scores()).containsExactly(0f, Float.POSITIVE_INFINITY);
  }

  @Test
  void zeroWantedKeepsNothing() {
    TopK top = new TopK(0, Metric.IP);
    top.add(1, 1);
    assertThat(top.drain().size()).isZero();
  }
}
