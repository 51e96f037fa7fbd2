package io.tidemark.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.PackedVectorColumn;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of bits, held against sets of them. */
class BinaryVectorsTest {
  private static final int ROWS = 9;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private byte[] bits(int dimension) {
    byte[] bits = new byte[dimension / 8];
    random.nextBytes(bits);
    return bits;
  }

  private static Vectors of(int dimension, byte[]... rows) {
    ColumnBuilder column = new ColumnBuilder(DataType.BINARY_VECTOR, dimension);
    for (byte[] row : rows) {
      column.append(row);
    }
    return Vectors.of(column.build());
  }

  /** {@link BitSet} counts from the lowest place of a byte, which changes no score. */
  private static float score(Metric metric, byte[] a, byte[] b) {
    BitSet differing = BitSet.valueOf(a);
    differing.xor(BitSet.valueOf(b));
    BitSet any = BitSet.valueOf(a);
    any.or(BitSet.valueOf(b));
    return metric == Metric.HAMMING
        ? differing.cardinality()
        : any.isEmpty() ? 1 : (float) differing.cardinality() / any.cardinality();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 56, 64, 72, 128, 1000, 262_144})
  void scoresAreThoseOfTheSets(int dimension) {
    byte[][] rows = new byte[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      rows[row] = bits(dimension);
    }
    rows[3] = new byte[dimension / 8];
    byte[] query = bits(dimension);
    Vectors vectors = of(dimension, rows);
    assertThat(vectors.bytes()).isEqualTo((long) ROWS * dimension / 8);
    for (Metric metric : List.of(Metric.HAMMING, Metric.JACCARD)) {
      RowScorer scorer = vectors.scorer(metric, new BinaryQuery(query));
      float[] all = new float[ROWS];
      scorer.nearness(0, ROWS, all);
      float[] few = new float[2];
      scorer.nearness(new int[] {7, 3}, 2, few);
      for (int row = 0; row < ROWS; row++) {
        assertThat(scorer.nearness(row))
            .as("seed %d, %s, row %d", seed, metric, row)
            .isEqualTo(-score(metric, query, rows[row]))
            .isEqualTo(all[row]);
      }
      assertThat(few).containsExactly(all[7], all[3]);
    }
  }

  @Test
  void twoVectorsWithoutAOneAreAsFarAsCanBeUnderJaccard() {
    Vectors none = of(16, new byte[2]);
    assertThat(none.scorer(Metric.JACCARD, none.query(0)).nearness(0)).isEqualTo(-1);
    assertThat(none.scorer(Metric.HAMMING, none.query(0)).nearness(0)).isZero();
  }

  @Test
  void rowsAreJoinedGatheredSpreadAndGivenBack() {
    byte[] row = {(byte) 0b1000_0001, 0b0100_0000};
    Vectors joined = Vectors.concat(List.of(of(16, bits(16), null), of(16, row)));
    Vectors gathered = joined.gather(new int[] {2, 1});
    PackedVectorColumn column = (PackedVectorColumn) gathered.column();
    assertThat(column.type()).isEqualTo(DataType.BINARY_VECTOR);
    assertThat(column.bytes(0)).isEqualTo(row);
    assertThat(column.isNull(1)).isTrue();
    assertThat(gathered.has(1)).isFalse();
    float[] floats = new float[17];
    ((BinaryVectors) gathered).spread(0, floats, 1);
    assertThat(floats).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void metricsAndQueriesOfNumbersAreRefusedAndThoseOfBitsByNumbers() {
    Vectors bits = of(8, new byte[1]);
    assertThatThrownBy(() -> bits.scorer(Metric.L2, bits.query(0)))
        .hasMessageContaining("L2 compares no bits");
    assertThatThrownBy(() -> bits.scorer(Metric.HAMMING, new DenseQuery(new float[8])))
        .hasMessageContaining("a query of numbers, not bits");
    assertThatThrownBy(() -> bits.scorer(Metric.HAMMING, new BinaryQuery(new byte[2])))
        .hasMessageContaining("dimension 16, the vectors have 8");
    Vectors numbers = new FloatVectors(new float[8], 8);
    assertThatThrownBy(() -> numbers.scorer(Metric.JACCARD, numbers.query(0)))
        .hasMessageContaining("JACCARD compares no FLOAT_VECTOR");
    assertThatThrownBy(() -> numbers.scorer(Metric.L2, bits.query(0)))
        .hasMessageContaining("a query of bits, not numbers");
    assertThatThrownBy(() -> new BinaryVectors(new byte[3], 16, null))
        .hasMessageContaining("no whole rows");
  }
}
