package io.tidemark.serving.read.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.model.index.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecallTallyTest {
  /** Key and score of each hit in turn; its source is 0 for even keys, else 1. */
  private static List<Hit> hits(double... keysAndScores) {
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < keysAndScores.length; i += 2) {
      long key = (long) keysAndScores[i];
      hits.add(new Hit(key, 1, (float) keysAndScores[i + 1], (int) (key % 2), 0));
    }
    return hits;
  }

  private static String kind(int source) {
    return source == 0 ? "HNSW" : RecallFigure.GROWING;
  }

  private static RecallFigure of(RecallTally tally, String kind) {
    return tally.figures().stream().filter(f -> f.kind().equals(kind)).findFirst().orElseThrow();
  }

  @Test
  void missesCountWhereTheTrueHitLies() {
    RecallTally tally = new RecallTally();
    tally.add(
        hits(1, 0.1, 2, 0.2, 8, 9), hits(1, 0.1, 2, 0.2, 4, 0.4), Metric.L2, RecallTallyTest::kind);
    tally.add(hits(2, 0.2), hits(2, 0.2), Metric.L2, RecallTallyTest::kind);
    assertThat(tally.figures())
        .containsExactly(
            new RecallFigure("HNSW", 2, 3, 2),
            new RecallFigure(RecallFigure.GROWING, 1, 1, 1),
            new RecallFigure(RecallFigure.TOTAL, 2, 4, 3));
  }

  @Test
  void ofEquallyNearRowsAnyWillDo() {
    RecallTally tally = new RecallTally();
    tally.add(hits(2, 0.1, 6, 0.5), hits(2, 0.1, 4, 0.5), Metric.L2, RecallTallyTest::kind);
    assertThat(of(tally, RecallFigure.TOTAL).recall()).isEqualTo(1);
    tally.add(hits(2, 0.9, 6, 0.2), hits(2, 0.9, 4, 0.5), Metric.COSINE, RecallTallyTest::kind);
    assertThat(of(tally, RecallFigure.TOTAL).found()).isEqualTo(3);
  }

  @Test
  void aQueryWithNothingToFindSaysNothing() {
    RecallTally tally = new RecallTally();
    tally.add(List.of(), List.of(), Metric.IP, RecallTallyTest::kind);
    assertThat(tally.figures()).isEmpty();
  }

  @Test
  void theIntervalIsWilsonsWithAQueryAsOneTrial() {
    RecallFigure figure = new RecallFigure("HNSW", 100, 1_000, 900);
    assertThat(figure.recall()).isEqualTo(0.9);
    assertThat(figure.low()).isCloseTo(0.8256, within(1e-4));
    assertThat(figure.high()).isCloseTo(0.9448, within(1e-4));
    RecallFigure all = new RecallFigure("HNSW", 100, 1_000, 1_000);
    assertThat(all.low()).as("all of a hundred is not all of all").isCloseTo(0.963, within(1e-3));
    assertThat(all.high()).isCloseTo(1, within(1e-9));
    RecallFigure none = new RecallFigure("HNSW", 0, 0, 0);
    assertThat(List.of(none.low(), none.high())).containsExactly(0.0, 1.0);
    assertThatThrownBy(() -> new RecallFigure("HNSW", 1, 1, 2))
        .hasMessageContaining("2 found of 1");
  }

  @Test
  void theIntervalHoldsTheTruthAtLeastAsOftenAsItSays() {
    long seed = Long.getLong("seed", 20_260_101);
    Random random = new Random(seed);
    int held = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      long found = 0;
      for (int query = 0; query < 60; query++) {
        // Half of the queries find all of ten hits, the others 80 of a hundred: 0.9 together.
        boolean easy = random.nextBoolean();
        found += IntStream.range(0, 10).filter(hit -> easy || random.nextInt(10) < 8).count();
      }
      RecallFigure figure = new RecallFigure("HNSW", 60, 600, found);
      held += figure.low() <= 0.9 && figure.high() >= 0.9 ? 1 : 0;
    }
    assertThat(held).as("seed %d", seed).isGreaterThanOrEqualTo(950);
  }

  @Test
  void theWindowForgetsTheOldest() {
    RecallWindow window = new RecallWindow(2);
    assertThat(window.figures()).isEmpty();
    for (int found = 0; found < 3; found++) {
      window.add(List.of(new RecallFigure(RecallFigure.TOTAL, 1, 2, found)));
    }
    assertThat(window.figures()).containsExactly(new RecallFigure(RecallFigure.TOTAL, 2, 4, 3));
  }
}
