package io.tidemark.engine.index.quantise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.model.index.Metric;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarCodesTest {
  private static final int ROWS = 23;

  /** Lanes may be added up in another order once they are compiled. */
  private static final Offset<Float> ROUNDING = within(1e-3f);

  /** Dimensions below, at and beside what the loops take at a time. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 15, 16, 17, 31, 32, 33, 64, 100, 128, 131})
  void codesScoredTogetherAreScoredAsOneByOne(int dimension) {
    Random random = new Random(dimension);
    float[] values = new float[ROWS * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] query = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      query[i] = (float) random.nextGaussian();
    }
    FloatVectors vectors = new FloatVectors(values, dimension);
    int[] rows = IntStream.range(0, ROWS).toArray();
    for (Metric metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE}) {
      RowScorer scorer =
          ScalarCodes.of(vectors, CodeRows.inOrder(rows), metric).scorer(metric, query);
      float[] together = new float[ROWS];
      for (int from = 0; from < ROWS; from++) {
        int count = ROWS - from;
        scorer.nearness(from, count, together);
        for (int i = 0; i < count; i++) {
          assertThat(together[i]).isCloseTo(scorer.nearness(from + i), ROUNDING);
        }
        float[] picked = new float[ROWS];
        scorer.nearness(IntStream.range(from, ROWS).toArray(), count, picked);
        for (int i = 0; i < count; i++) {
          assertThat(picked[i]).isCloseTo(together[i], ROUNDING);
        }
      }
    }
  }
}
