package io.tidemark.serving.read.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilterCacheTest {
  private static final CollectionSchema SCHEMA =
      new CollectionSchema(
          "",
          false,
          0,
          List.of(
              new FieldSchema(
                  100,
                  "id",
                  DataType.INT64,
                  "",
                  true,
                  false,
                  false,
                  false,
                  false,
                  0,
                  0,
                  null,
                  Map.of()),
              new FieldSchema(
                  101,
                  "v",
                  DataType.FLOAT_VECTOR,
                  "",
                  false,
                  false,
                  false,
                  false,
                  false,
                  2,
                  0,
                  null,
                  Map.of())));

  private final FilterCache cache = new FilterCache();
  private int evaluations;

  @Test
  void aFilterIsEvaluatedTwiceAndThenKnown() {
    for (int i = 0; i < 5; i++) {
      assertThat(passing("id > 5")).isEqualTo(BitSet.valueOf(new long[] {0b1011}));
    }
    assertThat(evaluations).isEqualTo(2);
    passing("id > 6");
    assertThat(evaluations).as("another one").isEqualTo(3);
  }

  @Test
  void whatACallerWritesIsItsOwn() {
    for (int i = 0; i < 4; i++) {
      BitSet rows = passing("id > 5");
      assertThat(rows.cardinality()).isEqualTo(3);
      rows.clear();
    }
  }

  @Test
  void onlyTheLastFiltersAreKept() {
    List<String> many = IntStream.range(0, 20).mapToObj(i -> "id > " + i).toList();
    many.forEach(this::passing);
    many.forEach(this::passing);
    assertThat(evaluations).isEqualTo(40);
    many.subList(4, 20).forEach(this::passing);
    assertThat(evaluations).as("the last 16 are kept").isEqualTo(40);
    many.subList(0, 4).forEach(this::passing);
    assertThat(evaluations).as("the first are forgotten").isEqualTo(44);
  }

  @Test
  void filtersAskedOncePushNoneOut() {
    passing("id > 5");
    passing("id > 5");
    IntStream.range(10, 200).forEach(i -> passing("id > " + i));
    assertThat(evaluations).isEqualTo(192);
    passing("id > 5");
    assertThat(evaluations).isEqualTo(192);
  }

  @Test
  void aLongFilterIsNotKept() {
    String list =
        IntStream.range(0, 1_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
    for (int i = 0; i < 4; i++) {
      passing("id in [" + list + "] and id > 5");
    }
    assertThat(evaluations).isEqualTo(4);
  }

  private BitSet passing(String text) {
    Filter filter = FilterParser.parse(text, SCHEMA, Map.of());
    return cache.passing(
        filter,
        () -> {
          evaluations++;
          return BitSet.valueOf(new long[] {0b1011});
        });
  }
}
