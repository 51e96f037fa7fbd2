package io.tidemark.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.SparseRow;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sparse vectors, held against maps. */
class SparseVectorsTest {
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private Map<Long, Float> map(int count) {
    Map<Long, Float> map = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      // Some high and some low indices, so that rows meet and hash places collide.
      long index = random.nextInt(20) + (random.nextBoolean() ? 0 : 0xFFFF_FF00L);
      map.put(index, random.nextFloat());
    }
    return map;
  }

  private static byte[] row(Map<Long, Float> map) {
    float[] values = new float[map.size()];
    int next = 0;
    for (float value : map.values()) {
      values[next++] = value;
    }
    return SparseRow.of(map.keySet().stream().mapToInt(Long::intValue).toArray(), values);
  }

  private static Vectors of(List<? extends @Nullable Map<Long, Float>> rows) {
    ColumnBuilder column = new ColumnBuilder(DataType.SPARSE_FLOAT_VECTOR, 0);
    for (Map<Long, Float> row : rows) {
      column.append(row == null ? null : row(row));
    }
    return Vectors.of(column.build());
  }

  @Test
  void scoresAreSumsOverTheIndicesThatBothHave() {
    List<Map<Long, Float>> rows =
        java.util.stream.IntStream.range(0, 200).mapToObj(i -> map(random.nextInt(12))).toList();
    Vectors vectors = of(rows);
    for (int queries = 0; queries < 20; queries++) {
      Map<Long, Float> query = map(random.nextInt(12));
      RowScorer scorer = vectors.scorer(Metric.IP, SparseQuery.of(ByteBuffer.wrap(row(query))));
      float[] all = new float[rows.size()];
      scorer.nearness(0, rows.size(), all);
      for (int row = 0; row < rows.size(); row++) {
        float sum = 0;
        for (Map.Entry<Long, Float> element : rows.get(row).entrySet()) {
          sum += element.getValue() * query.getOrDefault(element.getKey(), 0f);
        }
        assertThat(Float.valueOf(all[row]))
            .as("seed %d, %s and %s", seed, query, rows.get(row))
            .isEqualTo(Float.valueOf(sum > 0 ? sum : Float.NaN))
            .isEqualTo(Float.valueOf(scorer.nearness(row)));
      }
    }
    assertThatThrownBy(() -> vectors.scorer(Metric.L2, vectors.query(0)))
        .hasMessageContaining("L2 compares no SPARSE_FLOAT_VECTOR");
    assertThatThrownBy(() -> vectors.scorer(Metric.IP, new DenseQuery(new float[3])))
        .hasMessageContaining("a dense query, not a sparse one");
  }

  @Test
  void columnsPartsAndGatheredRowsKeepTheirElements() {
    Map<Long, Float> one = map(9);
    Map<Long, Float> two = map(5);
    Vectors first = of(java.util.Arrays.asList(one, null, Map.of()));
    Vectors joined = Vectors.concat(List.of(first, of(List.of(two)), first));
    assertThat(joined.size()).isEqualTo(7);
    Vectors gathered = joined.gather(new int[] {6, 3, 1, 4, 2});
    Column column = gathered.column();
    assertThat(column.type()).isEqualTo(DataType.SPARSE_FLOAT_VECTOR);
    List<byte @Nullable []> expected =
        java.util.Arrays.asList(new byte[0], row(two), null, row(one), new byte[0]);
    for (int row = 0; row < expected.size(); row++) {
      assertThat(gathered.has(row)).isEqualTo(expected.get(row) != null);
      assertThat((byte[]) column.value(row)).as("seed %d", seed).isEqualTo(expected.get(row));
    }
    assertThat(gathered.bytes()).isEqualTo(6 * 4 + 8L * (one.size() + two.size()));
  }
}
