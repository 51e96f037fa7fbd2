package io.tidemark.model.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.schema.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
      ColumnBuilder builder = new ColumnBuilder(type, type == DataType.BINARY_VECTOR ? 24 : 3);
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
    };
  }

  /** In few enough bits for every type. */
  private float eighth() {
    return (random.nextInt(255) - 127) / 8f;
  }
}
