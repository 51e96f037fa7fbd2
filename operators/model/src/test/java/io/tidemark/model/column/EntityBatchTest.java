package io.tidemark.model.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntityBatchTest {
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void everyTypeSurvivesTheCodecGatherAndConcat() {
    for (int round = 0; round < 50; round++) {
      Map<Integer, List<@Nullable Object>> expected = new TreeMap<>();
      EntityBatch first = randomBatch(random.nextInt(40), expected);
      EntityBatch second = randomBatch(random.nextInt(40), expected);
      check(EntityBatch.concat(List.of(first, second)), expected);

      EntityBatch whole =
          roundTrip(EntityBatch.concat(List.of(roundTrip(first), roundTrip(second))));
      check(whole, expected);

      int[] rows = random.ints(whole.size() / 2, 0, Math.max(1, whole.size())).toArray();
      EntityBatch gathered = roundTrip(whole.gather(rows));
      for (Map.Entry<Integer, List<@Nullable Object>> column : expected.entrySet()) {
        for (int i = 0; i < rows.length; i++) {
          assertThat(gathered.column(column.getKey()).orElseThrow().value(i))
              .as("seed %d", seed)
              .isEqualTo(column.getValue().get(rows[i]));
        }
      }
    }
  }

  @Test
  void columnsOfOtherLengthsAreRefused() {
    assertThatThrownBy(() -> new EntityBatch(2, Map.of(1, LongColumn.of(new long[1], null))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void projectionKeepsOnlyTheNamedFields() {
    EntityBatch batch = randomBatch(3, new TreeMap<>());
    assertThat(batch.project(List.of(1, 999)).columns().keySet()).containsExactly(1);
  }

  @Test
  void sparseRowsOutOfOrderOrOfNumbersThatMilvusRefusesAreTold() {
    assertThat(fault(new int[] {}, new float[] {})).isEmpty();
    assertThat(fault(new int[] {0, 7, -2}, new float[] {1, 0, Float.MAX_VALUE})).isEmpty();
    assertThat(fault(new int[] {7, 3}, new float[] {1, 2})).hasValueSatisfying(containing("3"));
    assertThat(fault(new int[] {-2, 3}, new float[] {1, 2})).hasValueSatisfying(containing("3"));
    assertThat(fault(new int[] {3, 3}, new float[] {1, 2})).hasValueSatisfying(containing("same"));
    assertThat(fault(new int[] {-1}, new float[] {1})).hasValueSatisfying(containing("2^32-1"));
    for (float value : new float[] {-0.1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThat(fault(new int[] {1}, new float[] {value}))
          .hasValueSatisfying(containing(String.valueOf(value)));
    }
    assertThat(SparseRow.fault(ByteBuffer.allocate(9))).hasValueSatisfying(containing("length"));
  }

  private static Consumer<String> containing(String words) {
    return fault -> assertThat(fault).contains(words);
  }

  private static Optional<String> fault(int[] indices, float[] values) {
    return SparseRow.fault(ByteBuffer.wrap(SparseRow.of(indices, values)));
  }

  private void check(EntityBatch batch, Map<Integer, List<@Nullable Object>> expected) {
    for (Map.Entry<Integer, List<@Nullable Object>> column : expected.entrySet()) {
      Column read = batch.column(column.getKey()).orElseThrow();
      assertThat(read.size()).isEqualTo(column.getValue().size());
      for (int row = 0; row < read.size(); row++) {
        assertThat(read.value(row))
            .as("seed %d field %d row %d", seed, column.getKey(), row)
            .isEqualTo(column.getValue().get(row));
      }
    }
  }

  private static EntityBatch roundTrip(EntityBatch batch) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) ColumnCodec.encodedSize(batch)).order(ByteOrder.LITTLE_ENDIAN);
    ColumnCodec.encode(batch, bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    return ColumnCodec.decode(bytes.flip());
  }

  private EntityBatch randomBatch(int size, Map<Integer, List<@Nullable Object>> values) {
    Map<Integer, Column> columns = new TreeMap<>();
    for (DataType type : DataType.values()) {
      int dimension = type == DataType.BINARY_VECTOR ? 24 : type.hasDimension() ? 3 : 0;
      ColumnBuilder builder = new ColumnBuilder(type, dimension);
      List<@Nullable Object> column = values.computeIfAbsent(type.number(), k -> new ArrayList<>());
      for (int row = 0; row < size; row++) {
        Object value = random.nextInt(4) == 0 ? null : randomValue(type);
        builder.append(value);
        column.add(value);
      }
      columns.put(type.number(), builder.build());
    }
    return new EntityBatch(size, columns);
  }

  private Object randomValue(DataType type) {
    return switch (type) {
      case BOOL -> random.nextBoolean();
      case INT8 -> (long) (byte) random.nextInt();
      case INT16 -> (long) (short) random.nextInt();
      case INT32 -> (long) random.nextInt();
      case INT64 -> random.nextLong();
      case FLOAT -> (double) random.nextFloat();
      case DOUBLE -> random.nextDouble();
      case VARCHAR, JSON -> "ü".repeat(random.nextInt(5)) + random.nextInt(100);
      case FLOAT_VECTOR -> new float[] {random.nextFloat(), random.nextFloat(), random.nextFloat()};
      case FLOAT16_VECTOR, BFLOAT16_VECTOR -> new float[] {eighth(), eighth(), eighth()};
      case INT8_VECTOR, BINARY_VECTOR -> {
        byte[] bytes = new byte[3];
        random.nextBytes(bytes);
        yield bytes;
      }
      case SPARSE_FLOAT_VECTOR -> {
        int[] indices = random.ints(random.nextInt(5), 0, 9).distinct().sorted().toArray();
        float[] values = new float[indices.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextFloat();
        }
        yield SparseRow.of(indices, values);
      }
    };
  }

  /** In few enough bits for every type. */
  private float eighth() {
    return (random.nextInt(255) - 127) / 8f;
  }
}
