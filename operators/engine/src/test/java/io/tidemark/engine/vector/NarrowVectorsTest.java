package io.tidemark.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.HalfFloats;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors whose elements are narrower than floats, held against the same numbers as floats. */
class NarrowVectorsTest {
  private static final int ROWS = 7;
  private static final List<Metric> METRICS = List.of(Metric.L2, Metric.IP, Metric.COSINE);

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private Vectors vectors(DataType type, int rows, int dimension, int... without) {
    ColumnBuilder column = new ColumnBuilder(type, dimension);
    for (int row = 0; row < rows; row++) {
      boolean absent = Arrays.binarySearch(without, row) >= 0;
      column.append(absent ? null : value(type, dimension));
    }
    return Vectors.of(column.build());
  }

  private Object value(DataType type, int dimension) {
    if (type == DataType.INT8_VECTOR) {
      byte[] bytes = new byte[dimension];
      random.nextBytes(bytes);
      return bytes;
    }
    float[] floats = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      // Small ones among them, which are subnormal halves.
      floats[i] = (float) random.nextGaussian() * (i % 5 == 0 ? 1e-6f : 1);
    }
    return floats;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT16_VECTOR, 1", "FLOAT16_VECTOR, 7", "FLOAT16_VECTOR, 16", "FLOAT16_VECTOR, 33",
    "FLOAT16_VECTOR, 128", "FLOAT16_VECTOR, 1000", "BFLOAT16_VECTOR, 1", "BFLOAT16_VECTOR, 31",
    "BFLOAT16_VECTOR, 32", "BFLOAT16_VECTOR, 768", "INT8_VECTOR, 1", "INT8_VECTOR, 15",
    "INT8_VECTOR, 16", "INT8_VECTOR, 65", "INT8_VECTOR, 768"
  })
  void scoresAreThoseOfTheSameFloats(DataType type, int dimension) {
    DenseVectors vectors = (DenseVectors) vectors(type, ROWS, dimension);
    FloatVectors floats = vectors.widened();
    QueryVector query = vectors(type, 1, dimension).query(0);
    int[] some = {4, 0, 6};
    for (Metric metric : METRICS) {
      RowScorer narrow = vectors.scorer(metric, query);
      RowScorer wide = floats.scorer(metric, query);
      float[] all = new float[ROWS];
      narrow.nearness(0, ROWS, all);
      float[] few = new float[some.length];
      narrow.nearness(some, some.length, few);
      for (int row = 0; row < ROWS; row++) {
        float expected = wide.nearness(row);
        assertThat(narrow.nearness(row))
            .as("seed %d, %s, row %d", seed, metric, row)
            .isCloseTo(expected, within(Math.max(1e-3f, Math.abs(expected) * 1e-4f)))
            .isEqualTo(all[row]);
      }
      assertThat(few).containsExactly(all[4], all[0], all[6]);
    }
  }

  @Test
  void theLargestSumsOfBytesAreExact() {
    byte[] lowest = new byte[32_768];
    Arrays.fill(lowest, Byte.MIN_VALUE);
    byte[] highest = new byte[32_768];
    Arrays.fill(highest, Byte.MAX_VALUE);
    ByteVectors rows = new ByteVectors(lowest, 32_768, null);
    QueryVector query = new ByteVectors(highest, 32_768, null).query(0);
    assertThat(rows.scorer(Metric.L2, query).nearness(0)).isEqualTo(-(float) (255L * 255 * 32_768));
    assertThat(rows.scorer(Metric.IP, query).nearness(0)).isEqualTo((float) (-128L * 127 * 32_768));
    assertThat(rows.scorer(Metric.IP, rows.query(0)).nearness(0)).isEqualTo(0x1p29f);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16_VECTOR", "BFLOAT16_VECTOR", "INT8_VECTOR"})
  void rowsAreJoinedGatheredAndGivenBack(DataType type) {
    Vectors first = vectors(type, 3, 5, 1);
    Vectors second = vectors(type, 2, 5);
    Vectors joined = Vectors.concat(List.of(first, second)).gather(new int[] {4, 1, 0});
    PackedVectorColumn column = (PackedVectorColumn) joined.column();
    assertThat(column.bytes(0)).isEqualTo(((PackedVectorColumn) second.column()).bytes(1));
    assertThat(column.isNull(1)).isTrue();
    assertThat(column.bytes(2)).isEqualTo(((PackedVectorColumn) first.column()).bytes(0));
    assertThat(joined.has(0)).isTrue();
    assertThat(joined.has(1)).isFalse();
    assertThat(joined.type()).isEqualTo(type);
    assertThatThrownBy(() -> Vectors.concat(List.of(first, vectors(type, 1, 6))))
        .hasMessageContaining(type + " of dimension 6 after");
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16_VECTOR", "BFLOAT16_VECTOR", "INT8_VECTOR"})
  void exactSearchFindsTheNearestAcceptedRows(DataType type) {
    DenseVectors vectors = (DenseVectors) vectors(type, 500, 24);
    BitSet accept = new BitSet();
    for (int row = 0; row < 500; row += 3) {
      accept.set(row);
    }
    for (Metric metric : METRICS) {
      QueryVector query = vectors(type, 1, 24).query(0);
      TopK narrow = new TopK(10, metric);
      ExactSearch.search(vectors, query, accept, narrow);
      TopK wide = new TopK(10, metric);
      ExactSearch.search(vectors.widened(), query, accept, wide);
      assertThat(narrow.drain().ordinals()).as("seed %d", seed).isEqualTo(wide.drain().ordinals());
    }
  }

  @Test
  void queriesThatAreNoBytesOrOfAnotherDimensionAreRefused() {
    Vectors bytes = vectors(DataType.INT8_VECTOR, 1, 2);
    assertThatThrownBy(() -> bytes.scorer(Metric.L2, new DenseQuery(new float[] {1, 0.5f})))
        .hasMessageContaining("0.5 at 1, which is no signed byte");
    assertThatThrownBy(() -> bytes.scorer(Metric.L2, new DenseQuery(new float[] {128, 0})))
        .hasMessageContaining("128.0 at 0");
    assertThatThrownBy(() ->
            vectors(DataType.FLOAT16_VECTOR, 1, 2).scorer(Metric.L2, new DenseQuery(new float[3])))
        .hasMessageContaining("dimension 3");
  }

  @Test
  void every16BitFloatKeepsItsBitsAndOthersRoundToTheNearest() {
    List<Integer> changed = new ArrayList<>();
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      float asHalf = HalfFloats.ofHalf(half);
      float asBrain = HalfFloats.ofBrain(half);
      boolean kept =
          (Float.isNaN(asHalf) || HalfFloats.toHalf(asHalf) == half)
              && (Float.isNaN(asBrain) || HalfFloats.toBrain(asBrain) == half);
      if (!kept) {
        changed.add(bits);
      }
    }
    assertThat(changed).isEmpty();
    // Halfway between two: to the even one.
    assertThat(HalfFloats.ofBrain(HalfFloats.toBrain(1 + 0x1p-8f))).isEqualTo(1);
    assertThat(HalfFloats.ofBrain(HalfFloats.toBrain(1 + 3 * 0x1p-8f))).isEqualTo(1 + 0x1p-6f);
    assertThat(HalfFloats.ofBrain(HalfFloats.toBrain(Float.MAX_VALUE)))
        .isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(HalfFloats.ofBrain(HalfFloats.toBrain(Float.NaN))).isNaN();
    assertThat(HalfFloats.ofHalf(HalfFloats.toHalf(70_000))).isEqualTo(Float.POSITIVE_INFINITY);
  }
}
