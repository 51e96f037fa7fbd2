package io.tidemark.sql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.vector.Scores;
import io.tidemark.model.index.Metric;
import java.util.List;
import java.util.Random;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CollectionUtil;
import org.junit.jupiter.api.Test;

class TidemarkFunctionsTest {
  private static final String A = "VECTOR_PARSE('[1, 2, 2.5]')";
  private static final String B = "VECTOR_PARSE('[0.5, -1, 3]')";
  private static final String NONE = "CAST(NULL AS ARRAY<FLOAT>)";

  private final TableEnvironment environment =
      TableEnvironment.create(EnvironmentSettings.inBatchMode());

  TidemarkFunctionsTest() {
    TidemarkFunctions.register(environment);
  }

  @Test
  void scoresAreThoseOfSearches() {
    float[] a = {1, 2, 2.5f};
    float[] b = {0.5f, -1, 3};
    float cosine = Scores.score(Metric.COSINE, a, b, 0, 3);
    assertThat(
            one(
                call("L2_DISTANCE", A, B),
                call("INNER_PRODUCT", A, B),
                call("COSINE_SIMILARITY", A, B),
                call("COSINE_DISTANCE", A, B)))
        .isEqualTo(
            Row.of(
                Scores.score(Metric.L2, a, b, 0, 3),
                Scores.score(Metric.IP, a, b, 0, 3),
                cosine,
                1 - cosine));
  }

  @Test
  void arraysOfAnyNumbersAreVectors() {
    assertThat(
            one(
                call("INNER_PRODUCT", A, "ARRAY[1, 2, 3]"),
                call("INNER_PRODUCT", "ARRAY[CAST(0.5 AS DOUBLE), 1e0, 2e0]", A),
                call("INNER_PRODUCT", A, "ARRAY[0.5, 0.25, 1.0]")))
        .isEqualTo(Row.of(12.5f, 7.5f, 3.5f));
  }

  @Test
  void bitsAreComparedInBytesAndArrays() {
    assertThat(
            one(
                call("HAMMING_DISTANCE", "x'0f'", "x'3c'"),
                call("JACCARD_SIMILARITY", "x'0f'", "x'3c'"),
                call("JACCARD_DISTANCE", "x'0f'", "x'3c'"),
                call("JACCARD_DISTANCE", "x'00'", "x'00'"),
                call("HAMMING_DISTANCE", "ARRAY[TRUE, FALSE, TRUE]", "ARRAY[1, 1, 0]"),
                call("HAMMING_DISTANCE", "x'80'", "ARRAY[1, 0, 0, 0, 0, 0, 0, 2]")))
        .isEqualTo(Row.of(4f, 2 / 6f, 4 / 6f, 1f, 2f, 1f));
  }

  @Test
  void vectorsAreReadMeasuredAndPrinted() {
    assertThat(
            one(
                "VECTOR_PRINT(VECTOR_NORMALIZE(ARRAY[3, 4]))",
                "VECTOR_PRINT(VECTOR_NORMALIZE(ARRAY[0, 0]))",
                "VECTOR_NORM(AS_VECTOR(ARRAY[3, 4]))",
                "VECTOR_DIMENSION(" + A + ")",
                "VECTOR_DIMENSION(x'0102')",
                "VECTOR_PRINT(VECTOR_PARSE(' 1 -2.50 1e-7 '))"))
        .isEqualTo(Row.of("[0.6, 0.8]", "[0.0, 0.0]", 5f, 3, 16, "[1.0, -2.5, 1.0E-7]"));
  }

  @Test
  void anyFloatIsPrintedSoThatItReadsBackTheSame() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < 200; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      text.append(i == 0 ? "" : ", ").append(Float.isFinite(value) ? value : 0f);
    }
    text.append(']');
    assertThat(one("VECTOR_PRINT(VECTOR_PARSE('" + text + "'))").getField(0))
        .as("seed %d", seed)
        .isEqualTo(text.toString());
  }

  @Test
  void nullVectorsGiveNull() {
    assertThat(
            one(
                call("L2_DISTANCE", A, NONE),
                call("L2_DISTANCE", "NULL", A),
                call("HAMMING_DISTANCE", "x'00'", "CAST(NULL AS BYTES)"),
                "VECTOR_DIMENSION(" + NONE + ")",
                "VECTOR_NORM(" + NONE + ")",
                "VECTOR_NORMALIZE(" + NONE + ")",
                "VECTOR_PRINT(" + NONE + ")",
                "VECTOR_PARSE(CAST(NULL AS STRING))"))
        .isEqualTo(Row.of(null, null, null, null, null, null, null, null));
  }

  @Test
  void whatIsNoVectorIsRefusedWithTheReason() {
    assertRefused(call("L2_DISTANCE", A, "ARRAY[1]"), "3 and 1 elements");
    assertRefused(call("HAMMING_DISTANCE", "x'00'", "x'0000'"), "8 and 16 elements");
    assertRefused(call("L2_DISTANCE", A, "'[1, 2, 3]'"), "argument 2", "VECTOR_PARSE");
    assertRefused(call("L2_DISTANCE", A, "x'00'"), "argument 2", "BINARY");
    assertRefused(call("L2_DISTANCE", A, "ARRAY[1, CAST(NULL AS INT), 2]"), "element 1", "NULL");
    assertRefused("AS_VECTOR(" + NONE + ")", "AS_VECTOR of NULL");
    assertRefused("VECTOR_PARSE('[1, 2')", "] is missing");
    assertRefused("VECTOR_PARSE('[1,, 2]')", "element 1 is ''");
    assertRefused("VECTOR_PARSE('[1, 1e99]')", "element 1 is 1e99", "finite");
    assertRefused("VECTOR_PARSE('[]')", "no elements");
  }

  @Test
  void theLoopGivesTheKernelsScoresButForTheLastBits() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int dimension : new int[] {1, 7, 31, 32, 33, 128, 384, 1000}) {
      float[] a = random(random, dimension);
      float[] b = random(random, dimension);
      for (Metric metric : List.of(Metric.L2, Metric.IP, Metric.COSINE)) {
        float kernel = Scores.score(metric, a, b, 0, dimension);
        // The sum of the terms' sizes bounds what the order of additions can change.
        float scale = 1;
        for (int i = 0; i < dimension; i++) {
          scale += Math.abs(a[i] * b[i]);
        }
        assertThat(VectorMath.looped(metric, a, b))
            .as("seed %d, %s of %d", seed, metric, dimension)
            .isBetween(kernel - scale * 1e-6f, kernel + scale * 1e-6f);
      }
    }
  }

  private void assertRefused(String expression, String... words) {
    assertThatThrownBy(() -> one(expression))
        .satisfies(failure -> {
          for (String word : words) {
            assertThat(failure).hasStackTraceContaining(word);
          }
        });
  }

  private static float[] random(Random random, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static String call(String function, String a, String b) {
    return function + "(" + a + ", " + b + ")";
  }

  private Row one(String... expressions) {
    return CollectionUtil.iteratorToList(
            environment.executeSql("SELECT " + String.join(", ", expressions)).collect())
        .getFirst();
  }
}
