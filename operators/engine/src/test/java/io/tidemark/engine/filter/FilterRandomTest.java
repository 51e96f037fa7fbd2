package io.tidemark.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import io.tidemark.engine.filter.grammar.ExpressionParser;
import io.tidemark.model.column.EntityBatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random filters over random rows, against an interpreter that takes the definitions of the tree
 * word by word.
 */
class FilterRandomTest {
  private static final List<String> TEXTS =
      List.of("", "a", "ab", "abc", "b", "é", "日本", "a%b", "a_b", "😀", "it's", "\\");

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void evaluationAgreesWithANaiveInterpreter() {
    for (int round = 0; round < 3_000; round++) {
      String text = condition(random.nextInt(4));
      EntityBatch rows = rows(random.nextInt(3) == 0 ? random.nextInt(3) : 1 + random.nextInt(150));
      Filter filter = FilterFixture.parse(text);
      BitSet expected = new BitSet();
      for (int row = 0; row < rows.size(); row++) {
        expected.set(row, NaiveInterpreter.passes(filter.condition(), rows, row));
      }
      assertThat(filter.evaluate(rows, FilterFixture.SCHEMA))
          .as("seed %d: %s as %s", seed, text, filter)
          .isEqualTo(expected);
      Filter again = FilterFixture.parse(filter.toString());
      assertThat(again.evaluate(rows, FilterFixture.SCHEMA))
          .as("seed %d: %s printed as %s", seed, text, filter)
          .isEqualTo(expected);
    }
  }

  @Test
  void fastPredictionReadsEveryFilterAsFullPredictionDoes() {
    for (int round = 0; round < 1_000; round++) {
      String text = condition(random.nextInt(4));
      if (random.nextBoolean()) {
        int from = random.nextInt(text.length());
        int to = Math.min(text.length(), from + random.nextInt(4));
        text =
            text.substring(0, from)
                + List.of("", "(", "]", " not ", ", ", " -", " in ", "< 5 <").get(random.nextInt(8))
                + text.substring(to);
      }
      assertThat(tree(text, PredictionMode.SLL))
          .as("seed %d: %s", seed, text)
          .isEqualTo(tree(text, PredictionMode.LL));
    }
  }

  private static String tree(String text, PredictionMode mode) {
    ExpressionLexer lexer = new ExpressionLexer(CharStreams.fromString(text));
    ExpressionParser parser = new ExpressionParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.setErrorHandler(new BailErrorStrategy());
    parser.getInterpreter().setPredictionMode(mode);
    try {
      return parser.filter().toStringTree(parser);
    } catch (ParseCancellationException e) {
      return "no filter";
    }
  }

  // ---- random filters

  private String condition(int depth) {
    if (depth > 0 && random.nextInt(5) > 0) {
      String left = condition(depth - 1);
      return switch (random.nextInt(5)) {
        case 0 -> "not (" + left + ")";
        case 1 -> "!(" + left + ")";
        case 2 -> "(" + left + " and " + condition(depth - 1) + ")";
        case 3 -> left + " && " + condition(depth - 1);
        default -> "(" + left + " or " + condition(depth - 1) + ")";
      };
    }
    return switch (random.nextInt(12)) {
      case 0, 1 -> integer() + comparison() + literal(true);
      case 2 -> literal(true) + pick("<", "<=") + integer() + pick("<", "<=") + literal(true);
      case 3 -> pick("f", "d") + comparison() + literal(false);
      case 4 -> "s" + comparison() + text();
      case 5 -> member();
      case 6 -> "s like " + pick("'a%'", "'%b'", "'%'", "'_'", "'a\\%b'", "'%a%b%'", "'__'", "''");
      case 7 ->
          pick(
              "flag",
              "flag == true",
              "flag != false",
              "flag in [true]",
              "not flag",
              "true",
              "false");
      case 8 ->
          pick("i8", "i32", "f", "s", "j", "j['a']", "flag", "key", "j['l'][0]")
              + pick(" is null", " is not null");
      case 9 -> calculation(2) + comparison() + calculation(1);
      case 10 ->
          json()
              + comparison().replaceAll("(?!==|!=)[<>]=?", "==")
              + pick("1", "'a'", "true", "2.5", "[1, 2]", "i8", "s", "'1'");
      default -> jsonCondition();
    };
  }

  private String member() {
    List<String> values = new ArrayList<>();
    String field = pick("i8", "i64", "f", "d", "s", "j['a']", "key");
    for (int i = random.nextInt(7); i > 0; i--) {
      values.add(
          switch (field) {
            case "i8", "i64" -> literal(true);
            case "f", "d" -> literal(false);
            case "s" -> text();
            default -> pick("1", "'a'", "2.5", "true", "'1'", "[1, 2]");
          });
    }
    return field + pick(" in ", " not in ") + values;
  }

  private String jsonCondition() {
    return switch (random.nextInt(4)) {
      case 0 -> pick("exists ", "not exists ") + json();
      case 1 ->
          pick("json_contains(", "not json_contains(")
              + json()
              + ", "
              + pick("1", "'a'", "2.5", "[1, 2]")
              + ")";
      case 2 ->
          pick("json_contains_any(", "json_contains_all(")
              + json()
              + ", "
              + pick("[1, 'a']", "[1, 2]", "[2.0]", "[]")
              + ")";
      default -> json() + pick(" < ", " >= ") + pick("1", "'a'", "2.5", "i8");
    };
  }

  private String calculation(int depth) {
    if (depth == 0) {
      return pick("i8", "i16", "i64", "f", "d", "1", "2", "-3", "0.5", "j['a']", "key");
    }
    return "("
        + calculation(depth - 1)
        + pick(" + ", " - ", " * ", " / 3 + ", " % 2 - ", " / ")
        + pick("i8", "3", "f", "d", "7")
        + ")";
  }

  private String integer() {
    return pick("i8", "i16", "i32", "i64", "id");
  }

  private String json() {
    return pick(
        "j['a']", "j['l']", "j['l'][0]", "j['l'][1]", "key", "o['a']", "$meta['l'][0]", "j['n']");
  }

  private String comparison() {
    return " " + pick("<", "<=", ">", ">=", "==", "!=") + " ";
  }

  private String literal(boolean integer) {
    return integer
        ? pick("-1", "0", "1", "2", "3", "7", "0x2", "9223372036854775807")
        : pick("-1", "0", "0.5", "1.5", ".1", "2e0", "1");
  }

  private String text() {
    return "'"
        + TEXTS.get(random.nextInt(TEXTS.size())).replace("\\", "\\\\").replace("'", "\\'")
        + "'";
  }

  private String pick(String... options) {
    return options[random.nextInt(options.length)];
  }

  // ---- random rows

  private EntityBatch rows(int size) {
    Map<Integer, List<@Nullable Object>> columns = new TreeMap<>();
    columns.put(FilterFixture.ID, values(size, false, () -> (long) random.nextInt(5)));
    boolean nulls = random.nextBoolean();
    columns.put(FilterFixture.BOOL, values(size, nulls, random::nextBoolean));
    columns.put(FilterFixture.INT8, values(size, nulls, () -> (long) random.nextInt(5) - 1));
    columns.put(FilterFixture.INT16, values(size, nulls, () -> (long) random.nextInt(5)));
    columns.put(
        FilterFixture.INT64,
        values(size, nulls, () -> random.nextInt(9) == 0 ? Long.MAX_VALUE : random.nextInt(5) - 1));
    columns.put(
        FilterFixture.FLOAT,
        values(size, nulls, () -> random.nextBoolean() ? 0.1 : random.nextInt(5) / 2.0 - 0.5));
    columns.put(
        FilterFixture.DOUBLE,
        values(size, nulls, () -> random.nextBoolean() ? 0.1 : random.nextInt(5) / 2.0 - 0.5));
    columns.put(
        FilterFixture.TEXT, values(size, nulls, () -> TEXTS.get(random.nextInt(TEXTS.size()))));
    columns.put(FilterFixture.JSON, values(size, nulls, this::document));
    columns.put(FilterFixture.META, values(size, nulls, this::document));
    if (random.nextInt(3) == 0) {
      columns.keySet().removeIf(id -> id != FilterFixture.ID && random.nextBoolean());
    }
    return FilterFixture.batch(columns);
  }

  private List<@Nullable Object> values(int size, boolean nulls, Supplier<Object> value) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(nulls && random.nextInt(4) == 0 ? null : value.get());
    }
    return values;
  }

  private String document() {
    return "{"
        + pick("", "\"a\":" + scalar() + ",")
        + pick("", "\"key\":" + scalar() + ",", "\"o\":{\"a\":" + scalar() + "},")
        + pick("", "\"l\":[" + scalar() + "," + scalar() + "],", "\"l\":[1,2],", "\"l\":[],")
        + "\"n\":null}";
  }

  private String scalar() {
    return pick(
        "1", "1.0", "2", "2.5", "\"a\"", "\"1\"", "true", "false", "null", "[1,2]", "{\"a\":1}");
  }
}
