package io.tidemark.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.DoubleColumn;
import io.tidemark.model.column.FloatColumn;
import io.tidemark.model.column.IntColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.column.Validity;
import io.tidemark.model.schema.DataType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans against the plain comparison of each row, at sizes around those of words and blocks. */
class NumberScansTest {
  private static final long SEED = Long.getLong("seed", 20_261_121);
  private static final double[] ODD = {
    Double.NaN,
    Double.NEGATIVE_INFINITY,
    Double.POSITIVE_INFINITY,
    -0.0,
    0.0,
    0.1,
    0.1f,
    Float.MAX_VALUE,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Float.MIN_VALUE,
    Double.MIN_VALUE
  };

  private final Random random = new Random(SEED);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 4_095, 4_096, 4_097, 9_000})
  void integersAreComparedAsJavaComparesThem(int size) {
    long[] longs = IntStream.range(0, size).mapToLong(i -> integer()).toArray();
    int[] ints = Arrays.stream(longs).mapToInt(value -> (int) value).toArray();
    Validity validity = validity(size);
    Column longColumn = LongColumn.of(longs, validity);
    Column intColumn = IntColumn.of(DataType.INT32, ints, validity);
    for (int round = 0; round < 20; round++) {
      long a = integer();
      long b = integer();
      check(longColumn, Scans.integers(longColumn, a, b), i -> a <= longs[i] && longs[i] <= b);
      check(intColumn, Scans.integers(intColumn, a, b), i -> a <= ints[i] && ints[i] <= b);
      long[] some = random.longs(random.nextInt(20)).map(i -> integer()).toArray();
      LongSet set = new LongSet(some);
      check(longColumn, Scans.integers(longColumn, set), i -> contains(some, longs[i]));
      check(intColumn, Scans.integers(intColumn, set), i -> contains(some, ints[i]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65, 4_097})
  void floatingNumbersAreComparedAsJavaComparesThem(int size) {
    double[] doubles = IntStream.range(0, size).mapToDouble(i -> floating()).toArray();
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      floats[i] = (float) doubles[i];
    }
    Validity validity = validity(size);
    Column doubleColumn = DoubleColumn.of(doubles, validity);
    Column floatColumn = FloatColumn.of(floats, validity);
    for (int round = 0; round < 60; round++) {
      double a = floating();
      double b = floating();
      check(
          doubleColumn,
          Scans.floatings(doubleColumn, a, b),
          i -> a <= doubles[i] && doubles[i] <= b);
      check(floatColumn, Scans.floatings(floatColumn, a, b), i -> a <= floats[i] && floats[i] <= b);
    }
  }

  private static boolean contains(long[] values, long value) {
    return Arrays.stream(values).anyMatch(one -> one == value);
  }

  private void check(Column column, Truth found, IntPredicate expected) {
    BitSet rows = new BitSet();
    IntStream.range(0, column.size())
        .filter(row -> !column.isNull(row) && expected.test(row))
        .forEach(rows::set);
    assertThat(found.passing()).as("seed %d, %d rows", SEED, column.size()).isEqualTo(rows);
  }

  private @Nullable Validity validity(int size) {
    boolean[] valid = new boolean[size];
    boolean some = random.nextBoolean();
    for (int i = 0; i < size; i++) {
      valid[i] = !some || random.nextInt(4) > 0;
    }
    return Validity.of(valid);
  }

  private long integer() {
    return switch (random.nextInt(8)) {
      case 0 -> Long.MIN_VALUE;
      case 1 -> Long.MAX_VALUE;
      case 2 -> Integer.MIN_VALUE;
      case 3 -> Integer.MAX_VALUE + (long) random.nextInt(2);
      default -> random.nextInt(40) - 20;
    };
  }

  private double floating() {
    return random.nextBoolean() ? ODD[random.nextInt(ODD.length)] : random.nextInt(8) / 4.0 - 1;
  }
}
