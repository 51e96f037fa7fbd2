package io.tidemark.engine.filter;

import static io.tidemark.engine.filter.FilterFixture.passing;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.column.EntityBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterJsonTest {
  private static final List<@Nullable Object> DOCUMENTS =
      Arrays.asList(
          "{\"a\":1,\"s\":\"x\",\"b\":true,\"l\":[1,2,3],\"o\":{\"k\":[10,{\"z\":5}]}}",
          "{\"a\":1.0,\"s\":\"xyz\",\"b\":false,\"l\":[\"a\",\"b\"],\"o\":{\"k\":7}}",
          "{\"a\":\"1\",\"s\":5,\"l\":[[1,2],[3]],\"n\":null}",
          "{\"a\":2.5,\"l\":[],\"0\":\"zero\"}",
          "{}",
          null,
          "{\"l\":5,\"a\":[1],\"big\":9007199254740993,\"we'ird\":1}",
          "not json");

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "['a'] == 1 → 0 1",
        "['a'] == 1.0 → 0 1",
        "['a'] != 1 → 2 3 4 6 7",
        "['a'] == '1' → 2",
        "['a'] > 1 → 3",
        "['a'] >= 1 → 0 1 3",
        "[\"a\"] < 2.5 → 0 1",
        "['a'] < 'b' → 2",
        "['a'] in [1, '1'] → 0 1 2",
        "['a'] in [2.5] → 3",
        "['a'] in [1.0] → 0 1",
        "['a'] not in [1] → 2 3 4 6 7",
        "['a'] in [[1]] → 6",
        "['a'] == [1] → 6",
        "['l'] == [1, 2, 3] → 0",
        "['l'] == [1.0, 2, 3] → 0",
        "['l'] != [1, 2, 3] → 1 2 3 4 6 7",
        "['l'][0] == 1 → 0",
        "['l']['0'] == 1 → 0",
        "['l'][0] == 'a' → 1",
        "['l'][9] == 1 → ``",
        "['l'][1][0] == 3 → 2",
        "['0'] == 'zero' → 3",
        "[0] == 'zero' → 3",
        "['o']['k'][1]['z'] == 5 → 0",
        "['o'] [ 'k' ] == 7 → 1",
        "['s'] like 'x%' → 0 1",
        "['s'] like '_' → 0",
        "['b'] == true → 0",
        "['b'] != true → 1 2 3 4 6 7",
        "['big'] == 9007199254740993 → 6",
        "['we\\'ird'] == 1 → 6",
        "[\"we'ird\"] == 1 → 6",
        "['a'] + 1 == 2 → 0 1",
        "['a'] * 2 == 5 → 3",
        "['a'] + 1 != 2 → 2 3 4 6 7",
        "['a'] / 2 == 0 → 0",
        "['n'] is null → 0 1 2 3 4 5 6 7",
        "['a'] is null → 4 5 7",
        "['o'] is not null → 0 1",
        "['a'] is not null → 0 1 2 3 6",
        "['l'] == [] → 3",
      })
  void pathsReadDocuments(String tail, String expected) {
    EntityBatch fields = FilterFixture.batch(Map.of(FilterFixture.JSON, DOCUMENTS));
    assertThat(passing("j" + tail, fields)).as("j" + tail).isEqualTo(positions(expected));
    EntityBatch dynamic = FilterFixture.batch(Map.of(FilterFixture.META, DOCUMENTS));
    assertThat(passing("$meta" + tail, dynamic)).as("$meta" + tail).isEqualTo(positions(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "a == 1 → 0 1",
        "a > 1 or $meta['s'] == 'x' → 0 3",
        "1 <= a < 2 → 0 1",
        "2 > a >= 1 → 0 1",
        "o['k'] == 7 → 1",
        "l[0] == 1 → 0",
        "exists a → 0 1 2 3 6",
        "exists $meta['n'] → 2",
        "exists o['k'][1] → 0",
        "not exists a → 4 7",
        "exists a and exists o → 0 1",
        "json_contains(l, 2) → 0",
        "json_contains(l, 2.0) → 0",
        "JSON_CONTAINS(l, 'a') → 1",
        "json_contains(l, [1, 2]) → 2",
        "json_contains($meta['l'], 3) → 0",
        "not json_contains(l, 2) → 1 2 3 4 6 7",
        "json_contains_all(l, [1, 2]) → 0",
        "json_contains_all(l, [1, 2, 9]) → ``",
        "json_contains_all(l, []) → 0 1 2 3",
        "json_contains_all(l, ['a', 'a']) → 1",
        "json_contains_any(l, [9, 2, 'b']) → 0 1",
        "json_contains_any(l, []) → ``",
        "JSON_CONTAINS_ANY(l, [[3]]) → 2",
        "a == 1 and l[2] == 3 → 0",
        "$meta is null → 5",
        "a % 2 == 1 → 0 1",
        "a == o['k'] → ``",
        "a != $meta['s'] → 0 1 2 3 4 6 7",
        "id < a → ``",
      })
  void bareNamesAreKeysOfTheDynamicField(String filter, String expected) {
    EntityBatch rows = FilterFixture.batch(Map.of(FilterFixture.META, DOCUMENTS));
    assertThat(passing(filter, rows)).as(filter).isEqualTo(positions(expected));
  }

  private static List<Integer> positions(@Nullable String text) {
    return text == null || text.isBlank()
        ? List.of()
        : Stream.of(text.split(" ")).map(Integer::valueOf).toList();
  }

  @Test
  void aWholeJsonFieldCanBeAnArray() {
    EntityBatch rows = FilterFixture.column(FilterFixture.JSON, "[1,2]", "[3]", "{\"a\":1}", null);
    assertThat(passing("json_contains(j, 3)", rows)).containsExactly(1);
    assertThat(passing("j[0] == 1", rows)).containsExactly(0);
    assertThat(passing("j is null", rows)).containsExactly(3);
    assertThat(passing("j is not null", rows)).containsExactly(0, 1, 2);
  }
}
