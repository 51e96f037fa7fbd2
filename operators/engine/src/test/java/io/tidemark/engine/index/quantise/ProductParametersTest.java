package io.tidemark.engine.index.quantise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How long product codes may be, of a vector and of a segment. */
class ProductParametersTest {
  private static final IndexFamily PRQ = IndexFamilies.of(IndexType.HNSW_PRQ);

  private static void assertRefused(ThrowingCallable given, String... words) {
    assertThatThrownBy(given)
        .isInstanceOfSatisfying(
            TidemarkException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .hasMessageContainingAll(words);
  }

  @Test
  void codesLongerThanTheVectorsAreRefused() {
    for (int dimension : new int[] {1, 2, 3, 8, 17, 64, 1536, 32_768}) {
      PRQ.checkBuild(Map.of(), dimension);
      PRQ.checkBuild(Map.of("m", "" + dimension, "nrq", "4"), dimension);
      assertRefused(
          () -> PRQ.checkBuild(Map.of("m", "" + dimension, "nrq", "5"), dimension),
          dimension + " parts (m) × 5 levels (nrq) = " + 5 * dimension + " bytes",
          "the limit is " + 4 * dimension,
          "smaller m or nrq");
    }
    IndexFamilies.of(IndexType.HNSW_PQ).checkBuild(Map.of("m", "64"), 64);
  }

  @Test
  void codesThatNoArrayHoldsAreRefusedBeforeAnythingIsBuilt() {
    FieldSchema field =
        new FieldSchema(
            100,
            "v",
            DataType.FLOAT_VECTOR,
            "",
            false,
            false,
            false,
            false,
            false,
            64,
            0,
            null,
            Map.of());
    IndexDefinition definition =
        new IndexDefinition(
            1, 100, "v", "v", IndexType.HNSW_PRQ, Metric.L2, Map.of("m", "64", "nrq", "4"));
    assertThat(PRQ.buildBytes(definition, field, 8_388_607)).isGreaterThan(256L * 8_388_607);
    assertRefused(
        () -> PRQ.buildBytes(definition, field, 8_388_608),
        "codes of 256 bytes (m × nrq) for 8388608 rows",
        "2147483648 bytes, the limit is 2147483639",
        "smaller segments");
    assertRefused(
        () ->
            ProductCodes.of(
                new FloatVectors(new float[64], 64),
                CodeRows.byRow(new int[] {0}, 8_388_608),
                64,
                8,
                4,
                Metric.L2,
                1),
        "the limit is 2147483639");
  }
}
