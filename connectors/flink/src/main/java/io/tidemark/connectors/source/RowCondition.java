package io.tidemark.connectors.source;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition on scalar fields, tried before a row's other fields are read. Like SQL's, it is
 * unknown, and the row out, where a null is compared. Immutable.
 */
public sealed interface RowCondition extends Serializable {
  /** How a field's value stands to a given one. */
  enum Comparison {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /**
   * @param value Long for integers, Double, Boolean or String
   */
  record Compared(int field, Comparison comparison, Serializable value) implements RowCondition {}

  /**
   * @param wanted whether null is wanted, or anything else
   */
  record IsNull(int field, boolean wanted) implements RowCondition {}

  /** All hold. */
  record All(List<RowCondition> parts) implements RowCondition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** One holds at least. */
  record Any(List<RowCondition> parts) implements RowCondition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** A row's values by the ids of fields: as {@code Column.value} gives them. */
  interface Values {
    @Nullable Object get(int field);
  }

  /** Whether it is true, neither false nor unknown. */
  default boolean holds(Values row) {
    return switch (this) {
      case Compared compared -> compares(compared, row.get(compared.field()));
      case IsNull isNull -> (row.get(isNull.field()) == null) == isNull.wanted();
      case All all -> all.parts().stream().allMatch(part -> part.holds(row));
      case Any any -> any.parts().stream().anyMatch(part -> part.holds(row));
    };
  }

  private static boolean compares(Compared compared, @Nullable Object value) {
    if (value == null) {
      return false;
    }
    int order = order(value, compared.value());
    return switch (compared.comparison()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  private static int order(Object value, Object given) {
    return switch (value) {
      case Long number when given instanceof Long other -> Long.compare(number, other);
      case Number number when given instanceof Number other ->
          order(number.doubleValue(), other.doubleValue());
      case Boolean truth when given instanceof Boolean other -> Boolean.compare(truth, other);
      case String text when given instanceof String other -> text.compareTo(other);
      default ->
          throw new IllegalArgumentException(
              "a " + value.getClass().getSimpleName() + " is compared with " + given);
    };
  }

  /** Zero is zero, whatever its sign. */
  private static int order(double value, double given) {
    return value == given ? 0 : Double.compare(value, given);
  }

  /** The fields that it looks at. */
  default List<Integer> fields() {
    return switch (this) {
      case Compared compared -> List.of(compared.field());
      case IsNull isNull -> List.of(isNull.field());
      case All all -> all.parts().stream().flatMap(part -> part.fields().stream()).toList();
      case Any any -> any.parts().stream().flatMap(part -> part.fields().stream()).toList();
    };
  }
}
