package io.tidemark.engine.index.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.index.Metric;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WalkCodesTest {
  private static final int DIMENSION = 64;
  private static final int ROWS = 20_000;
  private static final int NEIGHBOURS = 8;

  @Test
  void largeVectorsAreWalkedByCodes() {
    for (Metric metric : List.of(Metric.L2, Metric.IP, Metric.COSINE)) {
      assertThat(WalkCodes.of(ring(ROWS), vectors(ROWS, 1), metric)).as("%s", metric).isNotNull();
    }
  }

  @Test
  void rowsTooCloseForCodesAreWalkedByTheVectors() {
    assertThat(WalkCodes.of(ring(ROWS), vectors(ROWS, 1e-5f), Metric.L2)).isNull();
  }

  @Test
  void oneHugeValueDoesNotMakeAllOthersAlike() {
    FloatVectors vectors = vectors(ROWS, 1);
    for (int i = 0; i < DIMENSION; i++) {
      vectors.data()[i] = 1e12f;
    }
    assertThat(WalkCodes.of(ring(ROWS), vectors, Metric.L2)).isNull();
  }

  @Test
  void smallOrShortVectorsNeedNone() {
    assertThat(WalkCodes.of(ring(1_000), vectors(1_000, 1), Metric.L2)).isNull();
    FloatVectors narrow = new FloatVectors(new float[ROWS * 16], 16);
    assertThat(WalkCodes.of(ring(ROWS), narrow, Metric.L2)).isNull();
  }

  /** Eight far centres, and rows around them so far apart. */
  private static FloatVectors vectors(int rows, float apart) {
    Random random = new Random(7);
    float[] data = new float[rows * DIMENSION];
    for (int i = 0; i < data.length; i++) {
      data[i] = (i / DIMENSION % 8) + apart * (float) random.nextGaussian();
    }
    return new FloatVectors(data, DIMENSION);
  }

  /** Neighbours are the next rows of the same centre. */
  private static FlatGraph ring(int rows) {
    int[] nodes = new int[rows];
    int[] offsets = new int[rows + 1];
    int[] neighbours = new int[rows * NEIGHBOURS];
    for (int row = 0; row < rows; row++) {
      nodes[row] = row;
      offsets[row + 1] = offsets[row] + NEIGHBOURS;
      for (int i = 0; i < NEIGHBOURS; i++) {
        neighbours[offsets[row] + i] = (row + 8 * (i + 1)) % rows;
      }
    }
    return FlatGraph.of(rows, 0, List.of(new FlatGraph.Layer(nodes, offsets, neighbours)));
  }
}
