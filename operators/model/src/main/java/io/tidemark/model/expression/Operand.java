package io.tidemark.model.expression;

import io.tidemark.model.schema.DataType;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What gives a value per row. Trees are at most {@link #DEPTH_MAX} deep, so recursion over them is
 * safe.
 */
public sealed interface Operand {
  int DEPTH_MAX = 256;

  ValueKind kind();

  /** A scalar field. */
  record Field(int fieldId, String name, DataType type) implements Operand {
    @Override
    public ValueKind kind() {
      return ValueKind.of(type);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A value inside a JSON field, or a key of the dynamic field. A step names a key of an object;
   * where the document has an array, it is read as a position counted from 0.
   *
   * @param path not empty
   */
  record JsonPath(int fieldId, String name, List<String> path) implements Operand {
    public JsonPath {
      path = List.copyOf(path);
      if (path.isEmpty()) {
        throw new IllegalArgumentException("a JSON path needs a step");
      }
    }

    @Override
    public ValueKind kind() {
      return ValueKind.JSON;
    }

    @Override
    public String toString() {
      return name
          + path.stream()
              .map(step -> "[" + Constant.text(step) + "]")
              .collect(Collectors.joining());
    }
  }

  /** The same value for every row: Boolean, Long, Double, String, or a list of such. */
  record Constant(Object value) implements Operand {
    private static final int SHOWN_MAX = 8;

    public Constant {
      if (value instanceof List<?> list) {
        value = List.copyOf(list);
      }
      kindOf(value);
    }

    @Override
    public ValueKind kind() {
      return kindOf(value);
    }

    /**
     * @throws IllegalArgumentException for anything a constant cannot hold
     */
    public static ValueKind kindOf(Object value) {
      return switch (value) {
        case Boolean b -> ValueKind.BOOLEAN;
        case Long l -> ValueKind.INTEGER;
        case Double d -> ValueKind.FLOATING;
        case String s -> ValueKind.TEXT;
        case List<?> l -> ValueKind.LIST;
        default ->
            throw new IllegalArgumentException(
                "not a constant of a filter: " + value.getClass().getName());
      };
    }

    @Override
    public String toString() {
      return text(value);
    }

    /** As it could stand in a filter; long lists are cut short. */
    static String text(Object value) {
      if (value instanceof String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
      }
      if (value instanceof List<?> list) {
        String shown =
            list.stream().limit(SHOWN_MAX).map(Constant::text).collect(Collectors.joining(", "));
        return "[" + shown + (list.size() > SHOWN_MAX ? ", … " + list.size() + " values]" : "]");
      }
      return value.toString();
    }
  }

  /**
   * A calculation. An integer divided by zero is null. Where a JSON side holds no number, or one
   * that the operator does not take, the result is like a missing JSON path.
   */
  record Arithmetic(ArithmeticOperator operator, Operand left, Operand right) implements Operand {
    @Override
    public ValueKind kind() {
      ValueKind a = left.kind();
      ValueKind b = right.kind();
      if (a == ValueKind.JSON || b == ValueKind.JSON) {
        return ValueKind.JSON;
      }
      boolean floating =
          operator == ArithmeticOperator.POWER
              || a == ValueKind.FLOATING
              || b == ValueKind.FLOATING;
      return floating ? ValueKind.FLOATING : ValueKind.INTEGER;
    }

    @Override
    public String toString() {
      return "(" + left + " " + operator.symbol() + " " + right + ")";
    }
  }
}
