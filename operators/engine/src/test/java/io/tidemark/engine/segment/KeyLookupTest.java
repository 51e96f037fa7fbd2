package io.tidemark.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.schema.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyLookupTest {
  @Test
  void findsEveryRowOfEveryKeyLastFirst() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (DataType type : List.of(DataType.INT64, DataType.VARCHAR)) {
      for (int size : new int[] {0, 1, 2, 3, 1000}) {
        ColumnBuilder keys = new ColumnBuilder(type, 0);
        Map<Object, List<Integer>> expected = new HashMap<>();
        for (int row = 0; row < size; row++) {
          long number = random.nextInt(600) * 0x1_0000_0001L - 5;
          Object key = type == DataType.INT64 ? (Object) number : "schlüssel-" + number;
          keys.append(key);
          expected.computeIfAbsent(key, absent -> new ArrayList<>()).addFirst(row);
        }
        KeyLookup lookup = KeyLookup.of(keys.build());
        expected.forEach((key, rows) ->
            assertThat(rows(lookup, key)).as("seed %d", seed).containsExactlyElementsOf(rows));
        assertThat(rows(lookup, type == DataType.INT64 ? (Object) 17L : "17")).isEmpty();
      }
    }
  }

  @Test
  void oneKeyInManyRowsStaysFast() {
    KeyLookup lookup = KeyLookup.of(LongColumn.of(new long[200_000], null));
    assertThat(rows(lookup, 0L)).hasSize(200_000);
  }

  @Test
  void nullRowsHaveNoKey() {
    List<String> keys = new ArrayList<>();
    keys.add("a");
    keys.add(null);
    KeyLookup lookup = KeyLookup.of(BytesColumn.ofStrings(DataType.VARCHAR, keys));
    assertThat(rows(lookup, "a")).containsExactly(0);
    assertThat(lookup.contains("")).isFalse();
  }

  @Test
  void aKeyOfAnotherTypeIsNotThere() {
    assertThat(KeyLookup.of(LongColumn.of(new long[] {1}, null)).contains("1")).isFalse();
  }

  @Test
  void onlyKeyTypesAreTaken() {
    Column floats = new ColumnBuilder(DataType.FLOAT, 0).append(1.0).build();
    assertThatThrownBy(() -> KeyLookup.of(floats))
        .hasMessageContaining("a key is INT64 or VARCHAR, this column is FLOAT");
  }

  private static List<Integer> rows(KeyLookup lookup, Object key) {
    List<Integer> rows = new ArrayList<>();
    lookup.forEachRow(key, rows::add);
    return rows;
  }
}
