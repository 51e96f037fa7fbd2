package io.tidemark.engine.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.expression.ArithmeticOperator;
import io.tidemark.model.expression.ComparisonOperator;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a condition for one row by taking the definitions of the tree word by word, slowly.
 * Null stands for unknown and for SQL's null; every value is a JSON node.
 */
final class NaiveInterpreter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private NaiveInterpreter() {}

  static boolean passes(Condition condition, EntityBatch rows, int row) {
    return Boolean.TRUE.equals(truth(condition, rows, row));
  }

  private static @Nullable Boolean truth(Condition condition, EntityBatch rows, int row) {
    return switch (condition) {
      case Condition.Constant c -> c.value();
      case Condition.Not not -> {
        Boolean inner = truth(not.condition(), rows, row);
        yield inner == null ? null : !inner;
      }
      case Condition.And and -> {
        List<@Nullable Boolean> truths = truths(and.conditions(), rows, row);
        yield truths.contains(false) ? Boolean.FALSE : truths.contains(null) ? null : Boolean.TRUE;
      }
      case Condition.Or or -> {
        List<@Nullable Boolean> truths = truths(or.conditions(), rows, row);
        yield truths.contains(true) ? Boolean.TRUE : truths.contains(null) ? null : Boolean.FALSE;
      }
      case Condition.Comparison c -> {
        JsonNode left = value(c.left(), rows, row);
        JsonNode right = value(c.right(), rows, row);
        yield (left == null || right == null) ? null : (Boolean) holds(left, c.operator(), right);
      }
      case Condition.In in -> {
        JsonNode value = value(in.operand(), rows, row);
        yield value == null
            ? null
            : (Boolean)
                in.values().stream().anyMatch(v -> holds(value, ComparisonOperator.EQUAL, node(v)));
      }
      case Condition.Like like -> {
        JsonNode value = value(like.operand(), rows, row);
        yield value == null
            ? null
            : (Boolean)
                (value.isTextual() && pattern(like.pattern()).matcher(value.textValue()).matches());
      }
      case Condition.IsNull isNull -> {
        JsonNode value = value(isNull.operand(), rows, row);
        yield value == null || value.isMissingNode() || value.isNull();
      }
      case Condition.Exists exists -> {
        JsonNode value = value(exists.path(), rows, row);
        yield value == null ? null : (Boolean) !value.isMissingNode();
      }
      case Condition.Call call -> {
        JsonNode value = value(call.arguments().get(0), rows, row);
        yield value == null ? null : (Boolean) contains(call, value);
      }
    };
  }

  private static List<@Nullable Boolean> truths(
      List<Condition> conditions, EntityBatch rows, int row) {
    List<@Nullable Boolean> truths = new ArrayList<>();
    conditions.forEach(part -> truths.add(truth(part, rows, row)));
    return truths;
  }

  private static boolean contains(Condition.Call call, JsonNode value) {
    JsonNode wanted = node(((Operand.Constant) call.arguments().get(1)).value());
    if (!value.isArray()) {
      return false;
    }
    List<JsonNode> all = new ArrayList<>();
    if (call.function().equals("json_contains")) {
      all.add(wanted);
    } else {
      wanted.forEach(all::add);
    }
    Predicate<JsonNode> present =
        w -> value.valueStream().anyMatch(element -> holds(element, ComparisonOperator.EQUAL, w));
    return call.function().equals("json_contains_any")
        ? all.stream().anyMatch(present)
        : all.stream().allMatch(present);
  }

  private static @Nullable JsonNode value(Operand operand, EntityBatch rows, int row) {
    return switch (operand) {
      case Operand.Constant constant -> node(constant.value());
      case Operand.Field field -> {
        Object value = stored(field.fieldId(), rows, row);
        yield value == null ? null : node(value);
      }
      case Operand.JsonPath path -> {
        Object document = stored(path.fieldId(), rows, row);
        yield document == null ? null : at(document.toString(), path.path());
      }
      case Operand.Arithmetic c -> {
        JsonNode left = value(c.left(), rows, row);
        JsonNode right = value(c.right(), rows, row);
        yield left == null || right == null ? null : calculate(c, left, right);
      }
    };
  }

  private static @Nullable Object stored(int fieldId, EntityBatch rows, int row) {
    Column column = rows.column(fieldId).orElse(null);
    return column == null
        ? FilterFixture.SCHEMA.field(fieldId).orElseThrow().defaultValue()
        : column.value(row);
  }

  private static JsonNode at(String document, List<String> path) {
    try {
      JsonNode node = JSON.readTree(document);
      for (String step : path) {
        node =
            node.isArray() && step.matches("\\d+")
                ? node.path(Integer.parseInt(step))
                : node.path(step);
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode node(Object value) {
    return JSON.valueToTree(value);
  }

  private static @Nullable JsonNode calculate(Operand.Arithmetic c, JsonNode left, JsonNode right) {
    if (!left.isNumber() || !right.isNumber()) {
      return JSON.missingNode();
    }
    if (left.isIntegralNumber()
        && right.isIntegralNumber()
        && c.operator() != ArithmeticOperator.POWER) {
      if (c.operator().dividesBy() && right.longValue() == 0) {
        return null;
      }
      long a = left.longValue();
      long b = right.longValue();
      return switch (c.operator()) {
        case ADD -> node(a + b);
        case SUBTRACT -> node(a - b);
        case MULTIPLY -> node(a * b);
        case DIVIDE -> node(a / b);
        case MODULO -> node(a % b);
        default -> throw new AssertionError(c);
      };
    }
    double a = left.doubleValue();
    double b = right.doubleValue();
    return switch (c.operator()) {
      case ADD -> node(a + b);
      case SUBTRACT -> node(a - b);
      case MULTIPLY -> node(a * b);
      case DIVIDE -> node(a / b);
      case MODULO -> node(a % b);
      default -> throw new AssertionError(c);
    };
  }

  private static boolean holds(JsonNode left, ComparisonOperator operator, JsonNode right) {
    if (left.isNumber() && right.isNumber()) {
      return (Double.isNaN(left.doubleValue()) || Double.isNaN(right.doubleValue()))
          ? operator == ComparisonOperator.NOT_EQUAL
          : operator.accepts(compareNumbers(left, right));
    }
    if (left.isTextual() && right.isTextual()) {
      return operator.accepts(compareCodePoints(left.textValue(), right.textValue()));
    }
    boolean equal =
        (left.isBoolean() && left.equals(right))
            || (left.isArray() && right.isArray() && equalArrays(left, right));
    return switch (operator) {
      case EQUAL -> equal;
      case NOT_EQUAL -> !equal;
      default -> false;
    };
  }

  private static boolean equalArrays(JsonNode left, JsonNode right) {
    boolean equal = left.size() == right.size();
    for (int i = 0; equal && i < left.size(); i++) {
      equal = holds(left.get(i), ComparisonOperator.EQUAL, right.get(i));
    }
    return equal;
  }

  private static int compareNumbers(JsonNode left, JsonNode right) {
    if (left.isIntegralNumber() && right.isIntegralNumber()) {
      return Long.compare(left.longValue(), right.longValue());
    }
    double a = left.doubleValue();
    double b = right.doubleValue();
    return Double.isInfinite(a) || Double.isInfinite(b)
        ? Double.compare(a, b)
        : new BigDecimal(a).compareTo(new BigDecimal(b));
  }

  private static int compareCodePoints(String left, String right) {
    int[] a = left.codePoints().toArray();
    int[] b = right.codePoints().toArray();
    return Arrays.compare(a, b);
  }

  private static Pattern pattern(String like) {
    StringBuilder regex = new StringBuilder();
    int[] codePoints = like.codePoints().toArray();
    for (int i = 0; i < codePoints.length; i++) {
      String c = Character.toString(codePoints[i]);
      if (c.equals("\\") && i + 1 < codePoints.length) {
        regex.append(Pattern.quote(Character.toString(codePoints[++i])));
      } else {
        regex.append(c.equals("%") ? ".*" : c.equals("_") ? "." : Pattern.quote(c));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
