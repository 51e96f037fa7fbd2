package io.tidemark.sql.table;

import io.tidemark.connectors.source.RowCondition;
import io.tidemark.connectors.source.RowCondition.Comparison;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.functions.FunctionDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Conditions of a WHERE clause that can be tried while rows are read. Flink tries all of them
 * again, so that what is not understood is just left out. Stateless.
 */
final class RowConditions {
  private static final Map<FunctionDefinition, Comparison> COMPARISONS =
      Map.of(
          BuiltInFunctionDefinitions.EQUALS, Comparison.EQUAL,
          BuiltInFunctionDefinitions.NOT_EQUALS, Comparison.NOT_EQUAL,
          BuiltInFunctionDefinitions.LESS_THAN, Comparison.LESS,
          BuiltInFunctionDefinitions.LESS_THAN_OR_EQUAL, Comparison.LESS_OR_EQUAL,
          BuiltInFunctionDefinitions.GREATER_THAN, Comparison.GREATER,
          BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL, Comparison.GREATER_OR_EQUAL);

  private RowConditions() {}

  /** Empty if it cannot be tried. */
  static Optional<RowCondition> of(ResolvedExpression expression, CollectionSchema schema) {
    if (!(expression instanceof CallExpression call)) {
      return field(expression, schema)
          .map(field -> new RowCondition.Compared(field.id(), Comparison.EQUAL, true));
    }
    FunctionDefinition function = call.getFunctionDefinition();
    List<ResolvedExpression> arguments = call.getResolvedChildren();
    Comparison comparison = COMPARISONS.get(function);
    if (comparison != null) {
      return comparison(arguments.get(0), comparison, arguments.get(1), schema)
          .or(() -> comparison(arguments.get(1), mirrored(comparison), arguments.get(0), schema));
    }
    if (function.equals(BuiltInFunctionDefinitions.IS_NULL)
        || function.equals(BuiltInFunctionDefinitions.IS_NOT_NULL)) {
      boolean wanted = function.equals(BuiltInFunctionDefinitions.IS_NULL);
      return field(arguments.getFirst(), schema)
          .map(field -> new RowCondition.IsNull(field.id(), wanted));
    }
    if (function.equals(BuiltInFunctionDefinitions.AND)) {
      return parts(arguments, schema).map(RowCondition.All::new);
    }
    if (function.equals(BuiltInFunctionDefinitions.OR)) {
      return parts(arguments, schema).map(RowCondition.Any::new);
    }
    if (function.equals(BuiltInFunctionDefinitions.IN)) {
      List<RowCondition> any = new ArrayList<>();
      for (ResolvedExpression value : arguments.subList(1, arguments.size())) {
        Optional<RowCondition> one =
            comparison(arguments.getFirst(), Comparison.EQUAL, value, schema);
        if (one.isEmpty()) {
          return Optional.empty();
        }
        any.add(one.get());
      }
      return Optional.of(new RowCondition.Any(any));
    }
    return Optional.empty();
  }

  private static Optional<List<RowCondition>> parts(
      List<ResolvedExpression> expressions, CollectionSchema schema) {
    List<RowCondition> parts = new ArrayList<>();
    for (ResolvedExpression expression : expressions) {
      Optional<RowCondition> part = of(expression, schema);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    return Optional.of(parts);
  }

  private static Comparison mirrored(Comparison comparison) {
    return switch (comparison) {
      case EQUAL, NOT_EQUAL -> comparison;
      case LESS -> Comparison.GREATER;
      case LESS_OR_EQUAL -> Comparison.GREATER_OR_EQUAL;
      case GREATER -> Comparison.LESS;
      case GREATER_OR_EQUAL -> Comparison.LESS_OR_EQUAL;
    };
  }

  private static Optional<RowCondition> comparison(
      ResolvedExpression left,
      Comparison comparison,
      ResolvedExpression right,
      CollectionSchema schema) {
    FieldSchema field = field(left, schema).orElse(null);
    Serializable value = field == null ? null : value(field, right);
    // Flink orders texts by their bytes and Java does not, so they are only compared for equality.
    boolean known =
        !(value instanceof String)
            || comparison == Comparison.EQUAL
            || comparison == Comparison.NOT_EQUAL;
    return field == null || value == null || !known
        ? Optional.empty()
        : Optional.of(new RowCondition.Compared(field.id(), comparison, value));
  }

  private static Optional<FieldSchema> field(
      ResolvedExpression expression, CollectionSchema schema) {
    return expression instanceof FieldReferenceExpression reference
        ? schema.field(reference.getName()).filter(field -> !field.type().isVector())
        : Optional.empty();
  }

  private static @Nullable Serializable value(FieldSchema field, ResolvedExpression expression) {
    if (!(expression instanceof ValueLiteralExpression literal) || literal.isNull()) {
      return null;
    }
    Object value = literal.getValueAs(Object.class).orElse(null);
    return switch (field.type()) {
      case BOOL -> value instanceof Boolean truth ? truth : null;
      case INT8, INT16, INT32, INT64 ->
          switch (value) {
            case BigDecimal decimal when decimal.stripTrailingZeros().scale() <= 0 ->
                decimal.longValue();
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case Long number -> number;
            case null, default -> null;
          };
      case FLOAT, DOUBLE -> value instanceof Number number ? number.doubleValue() : null;
      case VARCHAR -> value instanceof String text ? text : null;
      case JSON, FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR -> null;
      case SPARSE_FLOAT_VECTOR -> null;
    };
  }
}
