package io.tidemark.engine.filter;

import static io.tidemark.engine.filter.FilterFixture.passing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FilterSemanticsTest {
  private static final EntityBatch INTS =
      FilterFixture.column(FilterFixture.INT64, -3L, 0L, 1L, null, 5L, 10L, Long.MAX_VALUE);

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "i64 == 5 → 4",
        "i64 != 5 → 0 1 2 5 6",
        "i64 < 1 → 0 1",
        "i64 <= 1 → 0 1 2",
        "i64 > 5 → 5 6",
        "i64 >= 5 → 4 5 6",
        "5 < i64 → 5 6",
        "5 >= i64 → 0 1 2 4",
        "1 < i64 <= 10 → 4 5",
        "1 <= i64 < 10 → 2 4",
        "10 >= i64 > 0 → 2 4 5",
        "0 > i64 >= -3 → 0",
        "(1) < i64 < (1 + 9) → 4",
        "i64 in [5, 1, -3] → 0 2 4",
        "i64 in [5, 1, ] → 2 4",
        "i64 not in [5, 1, -3] → 1 5 6",
        "i64 in [] → ``",
        "i64 not in [] → 0 1 2 4 5 6",
        "i64 IN [2 + 3, -1 * 3] → 0 4",
        "i64 NOT IN [5] → 0 1 2 5 6",
        "i64 is null → 3",
        "i64 IS NOT NULL → 0 1 2 4 5 6",
        "i64  is  not  null → 0 1 2 4 5 6",
        "not i64 is null → 0 1 2 4 5 6",
        "i64 == 0x0A or i64 == 0b101 → 4 5",
        "i64 == 012 → 5",
        "i64 == -03 → 0",
        "i64 == 9223372036854775807 → 6",
        "i64 > -9223372036854775808 → 0 1 2 4 5 6",
        "i64 < -9223372036854775808 → ``",
        "i64 > 9223372036854775807 → ``",
        "i64 + 1 == 6 → 4",
        "i64 - 1 < 0 → 0 1",
        "i64 * 2 == 10 → 4",
        "i64 / 2 == 2 → 4",
        "i64 % 2 == 1 → 2 4 6",
        "i64 % 5 == 0 → 1 4 5",
        "i64 + 0.5 == 5.5 → 4",
        "i64 ** 2 == 25 → 4",
        "i64 == 2 ** 2 + 1 → 4",
        "i64 == 2 ** 3 ** 2 - 59 → 4",
        "-i64 == -5 → 4",
        "-i64 == 3 → 0",
        "- -i64 == 5 → 4",
        "+i64 == 5 → 4",
        "~i64 == -6 → 4",
        "i64 & 4 == 4 → ERROR",
        "(i64 & 4) == 4 → 0 4 6",
        "(i64 | 1) == 1 → 1 2",
        "(i64 ^ 4) == 1 → 4",
        "i64 << 1 == 20 → 5",
        "i64 >> 1 == 5 → 5",
        "10 / i64 == 2 → 4",
        "10 / i64 != 2 → 0 2 5 6",
        "i64 == i64 → 0 1 2 4 5 6",
        "i64 < i64 + 1 → 0 1 2 4 5",
        "true → 0 1 2 3 4 5 6",
        "not false → 0 1 2 3 4 5 6",
        "1 < 2 and 'a' < 'b' and 1.5 == 1.5 and true != false → 0 1 2 3 4 5 6",
        "1 == 1.0 → 0 1 2 3 4 5 6",
        "2 > 3 → ``",
        "1 + 2 * 3 == 7 → 0 1 2 3 4 5 6",
        "-2 ** 2 == -4 → 0 1 2 3 4 5 6",
        "(1 + 2) * 3 == 9 → 0 1 2 3 4 5 6",
        "7 - 2 - 1 == 4 → 0 1 2 3 4 5 6",
        "1 | 2 ^ 3 & 2 == 1 → ERROR",
        "(1 | 2 ^ 3 & 2) == 1 → 0 1 2 3 4 5 6",
        "1 << 2 + 1 == 8 → 0 1 2 3 4 5 6",
        "~0 == -1 → 0 1 2 3 4 5 6",
      })
  void integersCompareAndCalculate(String filter, String expected) {
    if (expected.equals("ERROR")) {
      assertThatThrownBy(() -> passing(filter, INTS)).isInstanceOf(TidemarkException.class);
    } else {
      assertThat(passing(filter, INTS)).as(filter).isEqualTo(positions(expected));
    }
  }

  private static List<Integer> positions(@Nullable String text) {
    return text == null || text.isBlank()
        ? List.of()
        : Stream.of(text.split(" ")).map(Integer::valueOf).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        // rows: i8 = 1, null, 2, 1, null, 2 and s = a, a, a, null, null, b
        "i8 == 1 and s == 'a' → 0",
        "i8 == 1 && s == 'a' → 0",
        "i8 == 1 or s == 'a' → 0 1 2 3",
        "i8 == 1 || s == 'a' → 0 1 2 3",
        "i8 == 1 OR s == 'a' AND i8 == 2 → 0 2 3",
        "(i8 == 1 OR s == 'a') AND i8 == 2 → 2",
        "not (i8 == 1) → 2 5",
        "!(i8 == 1) → 2 5",
        "NOT (i8 == 1 and s == 'a') → 2 5",
        "not (i8 == 1 or s == 'a') → 5",
        "not not (i8 == 1) → 0 3",
        "not (i8 != 1) → 0 3",
        "i8 == 1 or true → 0 1 2 3 4 5",
        "i8 == 1 and false → ``",
        "i8 is null and s is null → 4",
        "i8 is null or s is null → 1 3 4",
        "not (i8 is null or s is null) → 0 2 5",
        "not (i8 in [1]) → 2 5",
        "i8 == i8 and s == s → 0 2 5",
        "s in ['a'] and i8 > 0 → 0 2",
        "not json_contains(j, 1) → ``",
      })
  void nullsMakeConditionsUnknown(String filter, String expected) {
    EntityBatch rows =
        FilterFixture.batch(
            Map.of(
                FilterFixture.INT8, Arrays.asList(1L, null, 2L, 1L, null, 2L),
                FilterFixture.TEXT, Arrays.asList("a", "a", "a", null, null, "b")));
    assertThat(passing(filter, rows)).as(filter).isEqualTo(positions(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "s == 'abc' → 1",
        "s == \"abc\" → 1",
        "s != 'abc' → 0 2 3 4 6",
        "s < 'abc' → 0",
        "s >= 'abc' → 1 2 3 4 6",
        "'ab' < s < 'b' → 1 2",
        "s > 'é' → 6",
        "s in ['abc', '日本', ''] → 0 1 6",
        "s not in ['abc'] → 0 2 3 4 6",
        "s like 'ab%' → 1 2",
        "s like '%c' → 1",
        "s like '%b%' → 1 2 3",
        "s like 'a_c' → 1",
        "s like '_' → 3 4",
        "s like '__' → 6",
        "s like '日_' → 6",
        "s like '' → 0",
        "s like '%' → 0 1 2 3 4 6",
        "s LIKE 'a%c%d' → 2",
        "s like 'abc' → 1",
        "not (s like 'ab%') → 0 3 4 6",
        "s like 'ab\\_%' → ``",
        "s == 'a\\x62c' → 1",
        "s == 'a\\142c' → 1",
        "s == 'a\\u0062c' → 1",
        "s == 'a\\U00000062c' → 1",
        "s == '\\u65e5本' → 6",
        "s == '\\xc3\\xa9' → 4",
        "s == r'abc' → 1",
        "s is null → 5",
      })
  void textsCompareByCodePointAndMatchPatterns(String filter, String expected) {
    EntityBatch rows =
        FilterFixture.column(FilterFixture.TEXT, "", "abc", "abcd", "b", "é", null, "日本");
    assertThat(passing(filter, rows)).as(filter).isEqualTo(positions(expected));
  }

  static Stream<Arguments> escapes() {
    return Stream.of(
        Arguments.of("s == 'it\\'s'", "it's"),
        Arguments.of("s == \"it's\"", "it's"),
        Arguments.of("s == \"say \\\"hi\\\"\"", "say \"hi\""),
        Arguments.of("s == 'tab\\tline\\n'", "tab\tline\n"),
        Arguments.of("s == 'back\\\\slash'", "back\\slash"),
        Arguments.of("s == r'back\\slash'", "back\\slash"),
        Arguments.of("s == '\\ud83d\\ude00'", "😀"),
        Arguments.of("s == '😀'", "😀"),
        Arguments.of("s like '_'", "😀"),
        Arguments.of("s like '100\\%'", "100%"),
        Arguments.of("s like '100\\\\%'", "100%"),
        Arguments.of("s like 'a\\_b'", "a_b"),
        Arguments.of("s like 'a\\\\\\\\b'", "a\\b"));
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void escapesMeanWhatTheyMeanInMilvus(String filter, String text) {
    assertThat(
            passing(filter, FilterFixture.column(FilterFixture.TEXT, text, text + "x", "x" + text)))
        .as(filter)
        .containsExactly(0);
  }

  @Test
  void aFloatFieldIsComparedIn32Bits() {
    EntityBatch floats = FilterFixture.column(FilterFixture.FLOAT, 0.1, 0.5, null, -2.0, -0.0);
    assertThat(passing("f == 0.1", floats)).containsExactly(0);
    assertThat(passing("f in [0.1, 5e-1]", floats)).containsExactly(0, 1);
    assertThat(passing("f < 0.1", floats)).containsExactly(3, 4);
    assertThat(passing("f <= 0.1", floats)).containsExactly(0, 3, 4);
    assertThat(passing("f == 0", floats)).containsExactly(4);
    assertThat(passing("f in [0]", floats)).containsExactly(4);
    assertThat(passing("f < 0", floats)).containsExactly(3);
    assertThat(passing("f != 0.5", floats)).containsExactly(0, 3, 4);
    assertThat(passing("-.5 < f < .6", floats)).containsExactly(0, 1, 4);
    assertThat(passing("f == 0x1p-1", floats)).containsExactly(1);
    assertThat(passing("f * 2 == 1", floats)).containsExactly(1);
    assertThat(passing("f / 0.0 > 1", floats)).containsExactly(0, 1);
  }

  @Test
  void doublesAndMixedFieldsCompareAsNumbers() {
    EntityBatch rows =
        FilterFixture.batch(
            Map.of(
                FilterFixture.DOUBLE, Arrays.asList(1.0, 2.5, null, 4.0),
                FilterFixture.INT16, Arrays.asList(1L, 2L, 3L, null)));
    assertThat(passing("d == i16", rows)).containsExactly(0);
    assertThat(passing("i16 < d", rows)).containsExactly(1);
    assertThat(passing("d >= 2", rows)).containsExactly(1, 3);
    assertThat(passing("d > 1e0", rows)).containsExactly(1, 3);
    assertThat(passing("d + i16 == 4.5", rows)).containsExactly(1);
  }

  @Test
  void booleansStandAloneOrAreCompared() {
    EntityBatch rows = FilterFixture.column(FilterFixture.BOOL, true, false, null);
    for (String filter :
        List.of(
            "flag",
            "flag == true",
            "flag != False",
            "flag in [TRUE]",
            "not (flag == false)",
            "true == flag",
            "flag and flag")) {
      assertThat(passing(filter, rows)).as(filter).containsExactly(0);
    }
    for (String filter :
        List.of("not flag", "!flag", "flag == false", "flag in [false]", "flag not in [true]")) {
      assertThat(passing(filter, rows)).as(filter).containsExactly(1);
    }
  }

  @Test
  void aFieldThatABatchLacksHasItsDefaultOrIsNull() {
    EntityBatch rows = FilterFixture.column(FilterFixture.INT8, 1L, 2L);
    assertThat(passing("i32 == 7", rows)).containsExactly(0, 1);
    assertThat(passing("i32 is null", rows)).isEmpty();
    assertThat(passing("i64 == 7", rows)).isEmpty();
    assertThat(passing("i64 != 7", rows)).isEmpty();
    assertThat(passing("i64 + 1 != 7", rows)).isEmpty();
    assertThat(passing("i64 is null and s is null and j['a'] is null and any is null", rows))
        .containsExactly(0, 1);
    assertThat(passing("i8 == 1 or s == 'x'", rows)).containsExactly(0);
    assertThat(passing("j['a'] != 1 or any != 1", rows)).isEmpty();
  }

  @Test
  void batchesOfAnySizeEvenNoneAreEvaluated() {
    for (int size : new int[] {0, 1, 63, 64, 65, 127, 128, 1000}) {
      EntityBatch rows =
          FilterFixture.column(
              FilterFixture.INT64, Stream.iterate(0L, i -> i + 1).limit(size).toArray());
      assertThat(passing("i64 >= 0", rows)).hasSize(size);
      assertThat(passing("not (i64 < 0)", rows)).hasSize(size);
      assertThat(passing("not (i64 >= 0)", rows)).isEmpty();
    }
  }
}
