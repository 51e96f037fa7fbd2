package io.tidemark.tests.benchmark.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.index.Metric;
import io.tidemark.tests.benchmark.growth.PowerLaw.Point;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthTest {
  private static final int DIMENSION = 64;

  private final PlantedVectors vectors = new PlantedVectors(DIMENSION, 10, 3);

  @Test
  void theExactAnswersAreThoseOfAScan() {
    int from = 500;
    int rows = 2_000;
    float[] data = new float[rows * DIMENSION];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(vectors.row(from + row), 0, data, row * DIMENSION, DIMENSION);
    }
    long[][] nearest = vectors.nearest(from, from + rows, 5, 10);
    for (int q = 0; q < nearest.length; q++) {
      TopK best = new TopK(10, Metric.L2);
      ExactSearch.search(
          new FloatVectors(data, DIMENSION), new DenseQuery(vectors.query(q)), null, best);
      long[] scanned =
          Arrays.stream(best.drain().ordinals()).mapToLong(row -> from + row).toArray();
      assertThat(nearest[q]).containsExactly(scanned);
    }
  }

  @Test
  void theSameSeedGivesTheSameVectors() {
    PlantedVectors same = new PlantedVectors(DIMENSION, 10, 3);
    assertThat(same.row(77)).containsExactly(vectors.row(77));
    assertThat(same.query(7)).containsExactly(vectors.query(7));
    assertThat(same.row(78)).isNotEqualTo(vectors.row(77));
    assertThat(new PlantedVectors(DIMENSION, 10, 4).row(77)).isNotEqualTo(vectors.row(77));
  }

  @Test
  void aPowerLawIsFound() {
    PowerLaw law =
        PowerLaw.through(List.of(new Point(10, 40), new Point(100, 400), new Point(1000, 4000)));
    assertThat(law.exponent()).isCloseTo(1, within(1e-9));
    assertThat(law.at(10_000)).isCloseTo(40_000, within(1e-6));
    String picture =
        GrowthPicture.svg("time, ms", "rows", List.of(new Point(10, 3), new Point(100, 5)));
    assertThat(picture).contains("rows^0.22").contains("at 1000: ").endsWith("</svg>\n");
  }
}
