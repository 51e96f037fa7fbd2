package io.tidemark.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterErrorsTest {
  private static final CollectionSchema CLOSED = FilterFixture.schema(false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "nope == 1 → line 1:0 field nope not exist",
        "i64 > 1 and nope in [1] → line 1:12 field nope not exist",
        "nope['a'] == 1 → field nope not exist",
        "$meta['a'] == 1 → field $meta not exist",
        "exists nope → field nope not exist",
        "i64 = 1 → line 1:4 unexpected '=', equality is written '=='",
        "i64 == → line 1:6 the filter ends where more is expected",
        "i64 == 1) → line 1:8 unexpected ')'",
        "(i64 == 1 → line 1:9 the filter ends",
        "i64 == 1 i8 == 2 → line 1:9 unexpected 'i8'",
        "i64 between 1 and 2 → line 1:4 unexpected 'between'",
        "i64 == @ → line 1:7 unexpected '@'",
        "s == 'abc → line 1:5 a string opened with ' is not closed",
        "s == \"abc → line 1:5 a string opened with \" is not closed",
        "s == 'a'b' → line 1:9 a string opened with ' is not closed",
        "s == 'a'b → line 1:8 unexpected 'b'",
        "invalid expression → unexpected 'expression'",
        "i64 in [1 2] → unexpected '2'",
        "i64 In [1] → unexpected 'In'",
        "i64 == 1 And i8 == 1 → unexpected 'And'",
        "i64 == 1 is null → unexpected 'is null'",
        "i64 == 1.5 → field i64: cannot cast value to INT64, value: 1.5, which is FLOATING",
        "i64 == 'x' → field i64 of type INT64 and the TEXT 'x'",
        "i64 == true → field i64 of type INT64 and the BOOLEAN true",
        "i64 == [1] → field i64 of type INT64 and the LIST [1]",
        "'x' < i8 → field i8 of type INT8",
        "s == 1 → field s of type VARCHAR and the INTEGER 1",
        "s > i64 → cannot be applied to field s of type VARCHAR and field i64 of type INT64",
        "flag == 1 → field flag of type BOOL",
        "flag < true → '<' cannot be applied to field flag",
        "d == 'a' → field d of type DOUBLE",
        "f in [1, 2.5, true] → field f: cannot cast value to FLOAT, value: true",
        "i32 in [4.0] → field i32: cannot cast value to INT32, value: 4.0",
        "s in [4] → field s: cannot cast value to VARCHAR, value: 4",
        "flag in [1] → field flag: cannot cast value to BOOL, value: 1",
        "1.0 < i32 < 2 → field i32: cannot cast value to INT32, value: 1.0",
        "1 < 3 < 2 → is no range",
        "1 < i64 > 0 → is no range",
        "1 < i64 + 1 < 5 → is no range",
        "1 < i64 < 5 < 6 → is no range",
        "1 in [1] → the left side of 'in' must be a field",
        "i64 + 1 in [1] → the left side of 'in' must be a field",
        "i64 in 5 → the right side of 'in' must be a list, but is 5",
        "i64 in i8 → the right side of 'in' must be a constant",
        "i64 in [i8] → a value in a list must be a constant",
        "i64 in [-'a'] → only numbers can be negative",
        "i64 like 'a%' → like operation on non-string or no-json field is unsupported: field i64 of type INT64",
        "s like 5 → the pattern of 'like' must be a string, but is 5",
        "s like s → the pattern of 'like' must be a constant",
        "s + 1 == 2 → '+' can only be used between integer or floating values",
        "'a' + 'b' == 'ab' → '+' can only be used between integer or floating values",
        "-true == 1 → '-' can only be used between integer or floating values",
        "-flag == 1 → '-' can only be used between",
        "i64 / 0 == 1 → line 1:4 cannot divide by zero",
        "i64 % 0 == 1 → cannot divide by zero",
        "1 / 0 == 1 → cannot divide by zero",
        "f & 1 == 1 → is a condition, expected a value",
        "(f & 1) == 1 → '&' takes integers",
        "1 << 64 == 1 → has no result",
        "i64 == 9223372036854775808 → integer 9223372036854775808 is out of range",
        "d == 1e999 → is out of the range of doubles",
        "s == '\\xZZ' → too few digits",
        "s == '\\u12' → too few digits",
        "s == '\\423' → escape 423 is out of range",
        "s == '\\ud83d' → half of a surrogate pair",
        "i64 → predicate is not a boolean expression: field i64 of type INT64",
        "'a' → predicate is not a boolean expression",
        "5 → predicate is not a boolean expression",
        "j['a'] → predicate is not a boolean expression",
        "not i64 → predicate is not a boolean expression",
        "not i64 > 5 → is a condition, expected a value",
        "not i64 in [1] → is a condition, expected a value",
        "i64 or flag → predicate is not a boolean expression",
        "(i64 > 1) == true → is a condition, expected a value",
        "i64['a'] == 1 → field i64 is INT64 and has no keys",
        "j == 1 → field j is JSON and cannot be compared as a whole",
        "j in [1] → field j is JSON and cannot be compared as a whole",
        "j + 1 == 2 → name a key of it",
        "j[a] == 1 → unexpected 'a'",
        "j[] == 1 → unexpected ']'",
        "exists j → exists operations are only supported on keys of JSON fields",
        "exists i64 → exists operations are only supported",
        "exists j['a'] > 10 → is a condition, expected a value",
        "vector == 1 → field vector is FLOAT_VECTOR, vectors cannot be filtered on",
        "vector is null → vectors cannot be filtered on",
        "json_contains(j['a']) → json_contains: expected a JSON field and a value, but got 'json_contains(j['a'])'",
        "json_contains(i64, 1) → the first argument must be a JSON field",
        "json_contains(j['a'], i64) → the second argument must be a constant",
        "json_contains_all(j['a'], 1) → the second argument must be a list",
        "json_contains(x=j['a'], 1) → takes no argument called 'x'",
        "json_contains(j, 1) == true → is a condition, expected a value",
        "json_Contains(j, 1) → function json_Contains is unknown",
        "frobnicate(1) → function frobnicate is unknown, expected one of json_contains",
        "text_match(s, 'a b', minimum_should_match=2) → function text_match is not supported yet by this server",
        "PHRASE_MATCH(s, 'a', 2) → function PHRASE_MATCH is not supported yet by this server",
        "i64 > 1 and random_sample(0.1) → line 1:12 function random_sample is not supported yet",
        "array_contains(j, 1) → function array_contains is not supported yet",
        "array_length(j) == 1 → function array_length is not supported yet",
        "not ST_WITHIN(s, 'POINT(1 1)') → function ST_WITHIN is not supported yet",
        "i64 > ISO '2025-01-01T00:00:00Z' → ISO (timestamps with time zone) is not supported yet by this server",
        "i64 + INTERVAL 'P1D' > iso '2025-01-01T00:00:00Z' → is not supported yet by this server",
        "i64 == {x} → the value of expression template variable name {x} is not found",
      })
  void whatIsWrongIsNamedWithItsPlace(String filter, String expected) {
    assertThatThrownBy(() -> FilterParser.parse(filter, CLOSED, Map.of()))
        .as(filter)
        .asInstanceOf(type(TidemarkException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .extracting(Throwable::getMessage)
        .asString()
        .startsWith(
            "failed to create query plan: cannot parse expression: " + filter + ", error: line 1:")
        .contains(expected);
  }

  @Test
  void theLineOfAnErrorIsCounted() {
    assertThatThrownBy(() -> FilterFixture.parse("i64 > 1 and\n  i8 = 2"))
        .hasMessageContaining("line 2:5 unexpected '='");
  }

  @Test
  void templatesFillConstantsOfEveryKind() {
    assertThat(fill("i64 == {x}", 5)).isEqualTo("i64 == 5");
    assertThat(fill("{x} < i64", 5L)).isEqualTo("i64 > 5");
    assertThat(fill("d == {x}", 1.5f)).isEqualTo("d == 1.5");
    assertThat(fill("d == {x}", 2)).isEqualTo("d == 2.0");
    assertThat(fill("s == {x}", "it's")).isEqualTo("s == 'it\\'s'");
    assertThat(fill("s like {x}", "a%")).isEqualTo("s like 'a%'");
    assertThat(fill("flag == { x }", true)).isEqualTo("flag == true");
    assertThat(fill("i64 in {x}", List.of(1, 2L))).isEqualTo("i64 in [1, 2]");
    assertThat(fill("not json_contains_any(j, {x})", List.of("a", 1)))
        .isEqualTo("not (json_contains_any(j, ['a', 1]))");
    assertThat(fill("i64 + {x} * 2 == 3", 5)).isEqualTo("(i64 + 10) == 3");
  }

  @Test
  void aTemplateValueThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> fill("i64 == {x}", "a"))
        .hasMessageContaining("field i64 of type INT64");
    assertThatThrownBy(() -> fill("i64 in {x}", List.of(1, "a")))
        .hasMessageContaining("field i64: cannot cast value to INT64, value: 'a'");
    assertThatThrownBy(() -> fill("i64 == {x}", new Object()))
        .hasMessageContaining("template variable {x} holds a Object");
    assertThatThrownBy(() -> fill("i64 == {y}", 1)).hasMessageContaining("{y} is not found");
  }

  private static String fill(String filter, Object value) {
    return FilterParser.parse(filter, FilterFixture.SCHEMA, Map.of("x", value)).toString();
  }

  @Test
  void aBlankFilterMatchesAll() {
    for (String blank : List.of("", "  ", "\n\t")) {
      assertThat(FilterFixture.parse(blank).matchesAll()).isTrue();
    }
    assertThat(FilterFixture.parse("true").matchesAll()).isTrue();
    assertThat(FilterFixture.parse("false").matchesAll()).isFalse();
    assertThat(FilterFixture.parse("i64 == i64").matchesAll()).isFalse();
    assertThat(Filter.all().matchesAll()).isTrue();
  }

  @Test
  void aFilterOnTheKeyAloneNamesItsKeys() {
    assertThat(FilterFixture.parse("id in [3, 1, 3, 2]").primaryKeys())
        .contains(List.of(3L, 1L, 2L));
    assertThat(FilterFixture.parse("(id == 7)").primaryKeys()).contains(List.of(7L));
    assertThat(FilterFixture.parse("7 == id").primaryKeys()).contains(List.of(7L));
    assertThat(FilterFixture.parse("id in []").primaryKeys()).contains(List.of());
    for (String other :
        List.of(
            "id != 7",
            "id > 7",
            "i64 == 7",
            "id == 7 and i64 == 1",
            "id not in [7]",
            "",
            "id == i64")) {
      assertThat(FilterFixture.parse(other).primaryKeys()).as(other).isEmpty();
    }
  }

  @Test
  void aFilterNamesTheFieldsItReads() {
    assertThat(
            FilterFixture.parse(
                    "i64 + 1 > d or not (s like 'a' and exists j['x']) or key in [1] or flag is null")
                .fields())
        .containsExactly(
            FilterFixture.BOOL,
            FilterFixture.INT64,
            FilterFixture.DOUBLE,
            FilterFixture.TEXT,
            FilterFixture.JSON,
            FilterFixture.META);
    assertThat(FilterFixture.parse("json_contains(j, 1)").fields())
        .containsExactly(FilterFixture.JSON);
    assertThat(Filter.all().fields()).isEmpty();
  }
}
