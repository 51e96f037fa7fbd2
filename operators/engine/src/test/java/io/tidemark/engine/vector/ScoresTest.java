package io.tidemark.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.model.index.Metric;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoresTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 31, 63, 64, 65, 127, 128, 129, 768, 1000})
  void kernelsAgreeWithPlainSumsAtEveryDimension(int dimension) {
    Random random = new Random(dimension);
    float[] query = floats(random, dimension);
    float[] rows = floats(random, dimension * 5);
    FloatVectors vectors = new FloatVectors(rows, dimension);
    for (int row = 0; row < 5; row++) {
      double dot = 0;
      double distance = 0;
      double queryNorm = 0;
      double rowNorm = 0;
      for (int i = 0; i < dimension; i++) {
        double a = query[i];
        double b = rows[row * dimension + i];
        dot += a * b;
        distance += (a - b) * (a - b);
        queryNorm += a * a;
        rowNorm += b * b;
      }
      int offset = row * dimension;
      float tolerance = 1e-4f * dimension;
      double cosine = dot / Math.sqrt(queryNorm * rowNorm);
      assertThat(Scores.score(Metric.L2, query, rows, offset, dimension))
          .isCloseTo((float) distance, within(tolerance));
      assertThat(Scores.score(Metric.IP, query, rows, offset, dimension))
          .isCloseTo((float) dot, within(tolerance));
      assertThat(Scores.score(Metric.COSINE, query, rows, offset, dimension))
          .isCloseTo((float) cosine, within(1e-5f));
      assertThat(vectors.scorer(Metric.COSINE, new DenseQuery(query)).nearness(row))
          .isCloseTo((float) cosine, within(1e-5f));
      assertThat(vectors.scorer(Metric.L2, new DenseQuery(query)).nearness(row))
          .isCloseTo((float) -distance, within(tolerance));
    }
  }

  @Test
  void sumsThatOverflowAreStillInOrder() {
    float[] query = {1, 2, 3, 4};
    float[] rows = {3e38f, 3e38f, 3e38f, 3e38f, 3e38f, -3e38f, 3e38f, -3e38f, 1, 2, 3, 4};
    FloatVectors vectors = new FloatVectors(rows, 4);
    RowScorer cosine = vectors.scorer(Metric.COSINE, new DenseQuery(query));
    RowScorer product = vectors.scorer(Metric.IP, new DenseQuery(query));
    float[] cosines = {0.9128709f, -0.18257418f, 1};
    float[] products = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 30};
    for (int row = 0; row < 3; row++) {
      assertThat(cosine.nearness(row)).isCloseTo(cosines[row], within(1e-6f));
      assertThat(Scores.score(Metric.COSINE, query, rows, 4 * row, 4))
          .isCloseTo(cosines[row], within(1e-6f));
      assertThat(product.nearness(row)).isEqualTo(products[row]);
      assertThat(Scores.score(Metric.IP, query, rows, 4 * row, 4)).isEqualTo(products[row]);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-30f, 1e-25f, 1e-15f, 1, 1e15f, 1e20f, 1e37f})
  void theCosineKnowsNoLengths(float length) {
    float[] direction = {0.6f, 0, -0.8f, 0.01f};
    float[] other = {0.3f, -0.5f, 0.1f, 1};
    float expected = Scores.score(Metric.COSINE, direction, other, 0, 4);
    float[] scaled = new float[4];
    for (int i = 0; i < 4; i++) {
      scaled[i] = direction[i] * length;
    }
    DenseQuery query = new DenseQuery(scaled).inRange();
    assertThat(Scores.score(Metric.COSINE, query.values(), other, 0, 4))
        .isCloseTo(expected, within(1e-5f));
    FloatVectors rows = new FloatVectors(scaled, 4);
    assertThat(rows.scorer(Metric.COSINE, new DenseQuery(other)).nearness(0))
        .isCloseTo(expected, within(1e-5f));
    assertThat(rows.scorer(Metric.COSINE, query).nearness(0)).isCloseTo(1, within(1e-5f));
    float[] long25 = {1e25f, 2e25f, 0, 0};
    assertThat(
            new FloatVectors(long25, 4).scorer(Metric.COSINE, query).nearness(0)
                / Scores.score(Metric.COSINE, direction, new float[] {1, 2, 0, 0}, 0, 4))
        .isCloseTo(1, within(1e-5f));
  }

  @Test
  void theCosineWithAVectorOfZerosIsZero() {
    float[] zeros = new float[4];
    float[] ones = {1, 1, 1, 1};
    assertThat(Scores.score(Metric.COSINE, ones, zeros, 0, 4)).isZero();
    assertThat(Scores.score(Metric.COSINE, zeros, ones, 0, 4)).isZero();
    assertThat(Scores.score(Metric.COSINE, ones, ones, 0, 4)).isCloseTo(1f, within(1e-6f));
  }

  @Test
  void theKernelsNameTheirShape() {
    assertThat(Scores.describe()).contains("jdk.incubator.vector").contains("floats");
  }

  @Test
  void partsAreConcatenatedInOrder() {
    FloatVectors joined =
        (FloatVectors)
            Vectors.concat(
                List.of(
                    new FloatVectors(new float[] {1, 2}, 2),
                    new FloatVectors(new float[] {3, 4, 5, 6}, 2)));
    assertThat(joined.size()).isEqualTo(3);
    assertThat(joined.vector(2)).containsExactly(5, 6);
    assertThatThrownBy(() -> Vectors.concat(List.of(joined, new FloatVectors(new float[] {1}, 1))))
        .hasMessageContaining("FLOAT_VECTOR of dimension 1 after FLOAT_VECTOR of dimension 2");
  }

  @Test
  void brokenRowsAndAQueryOfAnotherDimensionAreRefused() {
    assertThatThrownBy(() -> new FloatVectors(new float[5], 2))
        .hasMessageContaining("5 elements are no whole rows of FLOAT_VECTOR of dimension 2");
    assertThatThrownBy(
            () -> new FloatVectors(new float[4], 2).scorer(Metric.IP, new DenseQuery(new float[3])))
        .hasMessageContaining("query of dimension 3, the vectors have 2");
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
