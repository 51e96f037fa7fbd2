package io.tidemark.model.expression;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What is true, false or unknown of a row. A row whose field is null makes a condition on it
 * unknown, and a filter lets only rows through for which it is true. A JSON path that is missing,
 * or holds another kind of value than the one it is compared with, is no null: it equals nothing,
 * so that only {@code !=} holds.
 */
public sealed interface Condition {
  /** The same for every row. */
  record Constant(boolean value) implements Condition {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /**
   * Numbers with numbers, texts with texts by their UTF-8 bytes, booleans by equality, JSON with
   * anything.
   */
  record Comparison(Operand left, ComparisonOperator operator, Operand right) implements Condition {
    @Override
    public String toString() {
      return left + " " + operator.symbol() + " " + right;
    }
  }

  /**
   * Whether the value is one of those listed.
   *
   * @param values constants of a kind that fits the operand's; of any kind if that is JSON
   */
  record In(Operand operand, List<Object> values) implements Condition {
    public In {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return operand + " in " + Operand.Constant.text(values);
    }
  }

  /**
   * Whether a text matches a pattern: {@code %} any run of characters, {@code _} any one, {@code \}
   * takes the next as it is.
   */
  record Like(Operand operand, String pattern) implements Condition {
    @Override
    public String toString() {
      return operand + " like " + Operand.Constant.text(pattern);
    }
  }

  /**
   * Whether a field is null; for a JSON path, also whether it is missing or holds JSON's null.
   * Never unknown.
   */
  record IsNull(Operand operand) implements Condition {
    @Override
    public String toString() {
      return operand + " is null";
    }
  }

  /** Whether a document has something at the path, be it JSON's null. */
  record Exists(Operand.JsonPath path) implements Condition {
    @Override
    public String toString() {
      return "exists " + path;
    }
  }

  /** A function of the language; its name says what it means and which arguments it takes. */
  record Call(String function, List<Operand> arguments) implements Condition {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public String toString() {
      return function
          + arguments.stream().map(Operand::toString).collect(Collectors.joining(", ", "(", ")"));
    }
  }

  record Not(Condition condition) implements Condition {
    @Override
    public String toString() {
      return "not (" + condition + ")";
    }
  }

  record And(List<Condition> conditions) implements Condition {
    public And {
      conditions = List.copyOf(conditions);
    }

    @Override
    public String toString() {
      return conditions.stream()
          .map(Condition::toString)
          .collect(Collectors.joining(" and ", "(", ")"));
    }
  }

  record Or(List<Condition> conditions) implements Condition {
    public Or {
      conditions = List.copyOf(conditions);
    }

    @Override
    public String toString() {
      return conditions.stream()
          .map(Condition::toString)
          .collect(Collectors.joining(" or ", "(", ")"));
    }
  }
}
