package io.tidemark.engine.index.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SearchEffortTest {
  private static final double DEGREE = 30;
  private static final int NODES = 200_000;

  private static double cost(int accepted) {
    return SearchEffort.expectedCost(SearchEffort.candidates(10, 0, 1), DEGREE, NODES, accepted);
  }

  @Test
  void moreThanKIsKeptUnlessTheCallerChose() {
    assertThat(SearchEffort.candidates(1, 0, 1)).isEqualTo(41);
    assertThat(SearchEffort.candidates(10, 0, 1)).isEqualTo(50);
    assertThat(SearchEffort.candidates(1000, 0, 1)).isEqualTo(1250);
    assertThat(SearchEffort.candidates(10, 16, 1)).isEqualTo(16);
    assertThat(SearchEffort.candidates(10, 0, 0.5)).as("half of the rows").isEqualTo(34);
    assertThat(SearchEffort.candidates(6, 0, 0.1)).isEqualTo(18);
    assertThat(SearchEffort.candidates(126, 0, 0.1)).isEqualTo(157);
    assertThat(SearchEffort.candidates(10, 16, 0.1)).as("said so").isEqualTo(16);
  }

  @Test
  void aScanIsCheaperForFewPassingRowsAndAGraphForMany() {
    assertThat(cost(NODES / 100)).isGreaterThan(NODES / 100.0);
    assertThat(cost(NODES / 10)).isLessThan(NODES / 10.0);
    assertThat(cost(NODES / 2)).isLessThan(NODES / 2.0);
    assertThat(cost(NODES)).isLessThan(NODES / 10.0);
  }

  @Test
  void aWalkAmongVeryFewIsNeverTaken() {
    assertThat(SearchEffort.expectedCost(50, DEGREE, 10_000_000, 100_000))
        .as("one of a hundred: nine passing neighbours of neighbours")
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(SearchEffort.expectedCost(50, DEGREE, 10_000_000, 500_000)).isLessThan(500_000);
  }

  @Test
  void aSmallSegmentIsScanned() {
    assertThat(SearchEffort.expectedCost(50, DEGREE, 1000, 1000)).isGreaterThan(1000);
  }
}
