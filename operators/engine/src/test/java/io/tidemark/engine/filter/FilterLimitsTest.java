package io.tidemark.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every case is in bounded time and on a small stack, whatever it ends with. */
@Timeout(60)
class FilterLimitsTest {
  private static final long STACK_BYTES = 512 * 1024;

  @Test
  void nestingIsBounded() {
    refused("(".repeat(10_000) + "i64 == 1" + ")".repeat(10_000), "nested more than 256 deep");
    refused("(".repeat(10_000), "nested more than 256 deep");
    refused("[".repeat(10_000), "nested more than 256 deep");
    refused("i64 in " + "[".repeat(300) + "]".repeat(300), "nested more than 256 deep");
    refused("not ".repeat(100_000) + "flag", "nested more than 256 deep");
    refused("!".repeat(257) + "flag", "nested more than 256 deep");
    refused("i64 == " + "-~".repeat(5_000) + "1", "nested more than 256 deep");
    refused("i64 == 1" + " ** -1".repeat(5_000), "nested more than 256 deep");
    refused("not (".repeat(130) + "flag" + ")".repeat(130), "nested more than 256 deep");
    refused("json_contains(".repeat(10_000), "nested more than 256 deep");
    accepted("(".repeat(255) + "i64 == 1" + ")".repeat(255));
    accepted("not (".repeat(120) + "i64 == 1" + ")".repeat(120));
    accepted("not ".repeat(100) + "flag and " + "not ".repeat(100) + "flag");
    accepted("i64 == 1" + " + -1".repeat(200));
  }

  @Test
  void nestingThroughEveryLevelOfPrecedenceFitsTheStack() {
    String open = "flag or flag and 1 == (1 | 2 ^ 3 & 4 << 0 * - 1 ** - ";
    String inner = "(1 | 2 ^ 3 & 4 << 0 * 1 ** ";
    refused(open + inner.repeat(120) + "1" + ")".repeat(121), "nested more than 256 deep");
    accepted(open + inner.repeat(29) + "1" + ")".repeat(30));
    accepted("flag or flag and (".repeat(85) + "flag" + ")".repeat(85));
    accepted("flag or (".repeat(100) + "flag" + ")".repeat(100));
  }

  @Test
  void textIsBounded() {
    refused("i64 == 1 or ".repeat(100_000) + "true", "characters, the limit is 999999");
    refused(" ".repeat(1 << 20) + "true", "characters, the limit is 999999");
    refused("a".repeat(999_999), "predicate is not a boolean expression");
    refused("\"" + "\\\"".repeat(400_000), "is not closed");
    refused("'".repeat(999_999), "is not closed");
    refused("is ".repeat(333_333), "unexpected");
    refused("i64 in [" + "1,".repeat(499_000), "the filter ends");
    accepted("i64 in [" + "1,".repeat(499_000) + "]");
    accepted("s == '" + "x".repeat(999_000) + "'");
  }

  @Test
  void operatorsAreBounded() {
    refused("i64 == 1 or ".repeat(80_000) + "true", "more than 8192 operators");
    refused("i64 == 1" + " + 1".repeat(9_000), "more than 8192 operators");
    refused("i64 + i8" + " + i8".repeat(300) + " == 1", "more than 256 operators deep");
    accepted("i64 == 1 or ".repeat(4_000) + "true");
    accepted("i64 == 1" + " + 1".repeat(8_000));
    accepted("i64" + " + i8".repeat(250) + " == 1");
  }

  @Test
  void listsAreBounded() {
    List<Long> million = LongStream.range(0, 1_000_000).boxed().toList();
    assertThatThrownBy(
            () -> FilterParser.parse("i64 in {ids}", FilterFixture.SCHEMA, Map.of("ids", million)))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("a list has 1000000 values, the limit is 500000");
    Filter half =
        FilterParser.parse(
            "id in {ids}", FilterFixture.SCHEMA, Map.of("ids", million.subList(0, 500_000)));
    assertThat(
            half.evaluate(
                    FilterFixture.column(FilterFixture.ID, 5L, 499_999L, 500_000L),
                    FilterFixture.SCHEMA)
                .cardinality())
        .isEqualTo(2);
    assertThat(half.toString()).isEqualTo("id in [0, 1, 2, 3, 4, 5, 6, 7, … 500000 values]");
    List<String> texts = Collections.nCopies(500_000, "same");
    Filter same =
        FilterParser.parse("s in {x} or j['a'] in {x}", FilterFixture.SCHEMA, Map.of("x", texts));
    assertThat(
            same.evaluate(
                    FilterFixture.column(FilterFixture.TEXT, "same", "other"), FilterFixture.SCHEMA)
                .cardinality())
        .isEqualTo(1);
  }

  @Test
  void aTemplateThatIsUsedAgainAndAgainIsBounded() {
    List<Long> ids = LongStream.range(0, 100_000).boxed().toList();
    String uses = "i64 in {ids} or ";
    FilterParser.parse(uses.repeat(19) + "i64 in {ids}", FilterFixture.SCHEMA, Map.of("ids", ids));
    assertThatThrownBy(() ->
            FilterParser.parse(
                uses.repeat(4_000) + "true", FilterFixture.SCHEMA, Map.of("ids", ids)))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("the lists have 2100000 values together")
        .hasMessageContaining("the limit is 2000000");
    assertThatThrownBy(() ->
            FilterParser.parse(
                "json_contains_any(j, {ids}) or ".repeat(30) + "true",
                FilterFixture.SCHEMA,
                Map.of("ids", List.of(ids))))
        .hasMessageContaining("the lists have 2000020 values together");
  }

  @Test
  void listsInAListAreBounded() {
    List<List<Long>> oneHash =
        LongStream.range(0, 1_001).mapToObj(i -> List.of(i, 40_000 - 31 * i)).toList();
    String filter = "json_contains_any(j, {x})";
    FilterParser.parse(filter, FilterFixture.SCHEMA, Map.of("x", oneHash.subList(0, 1_000)));
    assertThatThrownBy(() -> FilterParser.parse(filter, FilterFixture.SCHEMA, Map.of("x", oneHash)))
        .hasMessageContaining("a list has 1001 lists in it, the limit is 1000");
  }

  /** These all had one hash, or met in one slot: 200,000 of them took minutes. */
  @Test
  void listsMadeToCollideTakeNoQuadraticTime() {
    List<Long> multiples = LongStream.range(0, 200_000).map(i -> i << 44).boxed().toList();
    Filter longs = FilterParser.parse("i64 in {x}", FilterFixture.SCHEMA, Map.of("x", multiples));
    assertThat(
            longs
                .evaluate(
                    FilterFixture.column(FilterFixture.INT64, 0L, 7L << 44, 7L << 43, 1L),
                    FilterFixture.SCHEMA)
                .cardinality())
        .isEqualTo(2);
    List<String> texts =
        LongStream.range(0, 1 << 17)
            .mapToObj(i -> String.format("%17s", Long.toBinaryString(i)))
            .map(bits -> bits.replace(' ', '0').replace("0", "Aa").replace("1", "BB"))
            .toList();
    Filter same = FilterParser.parse("s in {x}", FilterFixture.SCHEMA, Map.of("x", texts));
    assertThat(
            same.evaluate(
                    FilterFixture.column(
                        FilterFixture.TEXT, texts.getFirst(), texts.getLast(), "Aa", "other"),
                    FilterFixture.SCHEMA)
                .cardinality())
        .isEqualTo(2);
  }

  @Test
  void aPatternOfManyWildcardsTakesNoExponentialTime() {
    String text = "a".repeat(60_000);
    assertThat(
            FilterFixture.passing(
                "s like '" + "%a".repeat(1_000) + "b'",
                FilterFixture.column(FilterFixture.TEXT, text)))
        .isEmpty();
    assertThat(
            FilterFixture.passing(
                "s like '" + "%a".repeat(1_000) + "'",
                FilterFixture.column(FilterFixture.TEXT, text)))
        .containsExactly(0);
  }

  private static void refused(String filter, String expected) {
    Throwable thrown = onSmallStack(filter);
    assertThat(thrown).isInstanceOf(TidemarkException.class).hasMessageContaining(expected);
    assertThat(((TidemarkException) thrown).code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
    assertThat(thrown.getMessage()).hasSizeLessThan(2_000);
  }

  private static void accepted(String filter) {
    assertThat(onSmallStack(filter)).as(SyntaxErrors.shortened(filter)).isNull();
  }

  private static Throwable onSmallStack(String filter) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Runnable parse =
        () -> {
          Filter parsed = FilterFixture.parse(filter);
          parsed.evaluate(
              FilterFixture.column(FilterFixture.INT64, 1L, 2L, null), FilterFixture.SCHEMA);
          parsed.fields();
        };
    Thread thread = new Thread(null, parse, "small stack", STACK_BYTES);
    thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return thrown.get();
  }
}
