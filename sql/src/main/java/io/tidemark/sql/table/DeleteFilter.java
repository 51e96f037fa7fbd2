package io.tidemark.sql.table;

import io.milvus.grpc.LongArray;
import io.milvus.grpc.StringArray;
import io.milvus.grpc.TemplateArrayValue;
import io.milvus.grpc.TemplateValue;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.functions.FunctionDefinition;

/**
 * The condition of a DELETE statement in the server's filter language. Both have unknown beside
 * true and false, so that a null decides alike. Values go as templates, which needs no quoting.
 */
final class DeleteFilter {
  private static final Map<FunctionDefinition, String> COMPARISONS =
      Map.of(
          BuiltInFunctionDefinitions.EQUALS, "==",
          BuiltInFunctionDefinitions.NOT_EQUALS, "!=",
          BuiltInFunctionDefinitions.LESS_THAN, "<",
          BuiltInFunctionDefinitions.LESS_THAN_OR_EQUAL, "<=",
          BuiltInFunctionDefinitions.GREATER_THAN, ">",
          BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL, ">=");
  private static final Map<String, String> MIRRORED =
      Map.of("==", "==", "!=", "!=", "<", ">", "<=", ">=", ">", "<", ">=", "<=");

  private final CollectionSchema schema;
  private final Map<String, TemplateValue> values = new HashMap<>();

  private DeleteFilter(CollectionSchema schema) {
    this.schema = schema;
  }

  /**
   * @param values of the {@code {name}}s in the text
   */
  record Filter(String text, Map<String, TemplateValue> values) {
    Filter {
      values = Map.copyOf(values);
    }
  }

  /**
   * @param conditions all of which must hold; none means every row
   * @return empty if a condition cannot be said in the filter language
   */
  static Optional<Filter> of(List<ResolvedExpression> conditions, CollectionSchema schema) {
    DeleteFilter filter = new DeleteFilter(schema);
    if (conditions.isEmpty()) {
      return Optional.of(new Filter(filter.everyRow(), filter.values));
    }
    return filter.joined(conditions, " and ").map(text -> new Filter(text, filter.values));
  }

  /** The server refuses a filter that is always true by its form; this one is so by its meaning. */
  private String everyRow() {
    FieldSchema key = schema.primaryKey();
    return key.type().isInteger()
        ? key.name() + " >= " + template(Long.MIN_VALUE)
        : key.name() + " >= " + template("");
  }

  private Optional<String> text(ResolvedExpression expression) {
    if (expression instanceof FieldReferenceExpression field) {
      // A condition on its own can only be a BOOLEAN column.
      return name(field).map(name -> name + " == true");
    }
    if (!(expression instanceof CallExpression call)) {
      return Optional.empty();
    }
    FunctionDefinition function = call.getFunctionDefinition();
    List<ResolvedExpression> arguments = call.getResolvedChildren();
    String comparison = COMPARISONS.get(function);
    if (comparison != null) {
      return comparison(comparison, arguments.get(0), arguments.get(1));
    }
    if (function.equals(BuiltInFunctionDefinitions.AND)) {
      return joined(arguments, " and ");
    }
    if (function.equals(BuiltInFunctionDefinitions.OR)) {
      return oneOf(expression).or(() -> joined(arguments, " or "));
    }
    if (function.equals(BuiltInFunctionDefinitions.NOT)) {
      return text(arguments.getFirst()).map(inner -> "not (" + inner + ")");
    }
    if (function.equals(BuiltInFunctionDefinitions.IS_NULL)) {
      return name(arguments.getFirst()).map(name -> name + " is null");
    }
    if (function.equals(BuiltInFunctionDefinitions.IS_NOT_NULL)) {
      return name(arguments.getFirst()).map(name -> name + " is not null");
    }
    if (function.equals(BuiltInFunctionDefinitions.IN)) {
      return membership(arguments);
    }
    return Optional.empty();
  }

  private Optional<String> joined(List<ResolvedExpression> conditions, String by) {
    List<String> texts = new ArrayList<>();
    for (ResolvedExpression condition : conditions) {
      Optional<String> text = text(condition);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.add("(" + text.get() + ")");
    }
    return Optional.of(String.join(by, texts));
  }

  private Optional<String> comparison(
      String operator, ResolvedExpression left, ResolvedExpression right) {
    if (left instanceof ValueLiteralExpression && !(right instanceof ValueLiteralExpression)) {
      return comparison(MIRRORED.getOrDefault(operator, operator), right, left);
    }
    return name(left)
        .flatMap(
            name -> literal(right).map(value -> name + " " + operator + " " + template(value)));
  }

  private Optional<String> membership(List<ResolvedExpression> arguments) {
    List<Object> given = new ArrayList<>();
    for (ResolvedExpression argument : arguments.subList(1, arguments.size())) {
      literal(argument).ifPresent(given::add);
    }
    return given.size() == arguments.size() - 1
        ? name(arguments.getFirst()).flatMap(name -> inList(name, given))
        : Optional.empty();
  }

  /**
   * Equalities of one column, as the planner writes IN: a list of keys is deleted without looking
   * for its rows.
   */
  private Optional<String> oneOf(ResolvedExpression expression) {
    List<Object> given = new ArrayList<>();
    Set<String> names = new HashSet<>();
    return collectEqualities(expression, names, given) && names.size() == 1
        ? inList(names.iterator().next(), given)
        : Optional.empty();
  }

  private boolean collectEqualities(
      ResolvedExpression expression, Set<String> names, List<Object> given) {
    if (!(expression instanceof CallExpression call)) {
      return false;
    }
    List<ResolvedExpression> arguments = call.getResolvedChildren();
    if (call.getFunctionDefinition().equals(BuiltInFunctionDefinitions.OR)) {
      return arguments.stream().allMatch(a -> collectEqualities(a, names, given));
    }
    Optional<String> name = name(arguments.getFirst());
    if (!call.getFunctionDefinition().equals(BuiltInFunctionDefinitions.EQUALS) || name.isEmpty()) {
      return false;
    }
    names.add(name.get());
    return literal(arguments.getLast()).map(given::add).orElse(false);
  }

  private Optional<String> inList(String name, List<Object> given) {
    TemplateArrayValue.Builder list = TemplateArrayValue.newBuilder();
    if (given.stream().allMatch(Long.class::isInstance)) {
      LongArray.Builder longs = LongArray.newBuilder();
      given.forEach(value -> longs.addData((Long) value));
      list.setLongData(longs);
    } else if (given.stream().allMatch(String.class::isInstance)) {
      StringArray.Builder texts = StringArray.newBuilder();
      given.forEach(value -> texts.addData((String) value));
      list.setStringData(texts);
    } else {
      return Optional.empty();
    }
    return Optional.of(name + " in " + add(TemplateValue.newBuilder().setArrayVal(list)));
  }

  private Optional<String> name(ResolvedExpression expression) {
    return expression instanceof FieldReferenceExpression field
            && schema.field(field.getName()).filter(f -> !f.type().isVector()).isPresent()
        ? Optional.of(field.getName())
        : Optional.empty();
  }

  /** Long, Double, Boolean or String. */
  private static Optional<Object> literal(ResolvedExpression expression) {
    if (!(expression instanceof ValueLiteralExpression literal) || literal.isNull()) {
      return Optional.empty();
    }
    return literal.getValueAs(Object.class).flatMap(DeleteFilter::plain);
  }

  private static Optional<Object> plain(Object value) {
    return switch (value) {
      case String text -> Optional.of(text);
      case Boolean truth -> Optional.of(truth);
      case BigDecimal decimal when decimal.stripTrailingZeros().scale() <= 0 ->
          Optional.of(decimal.longValue());
      case BigDecimal decimal -> Optional.of(decimal.doubleValue());
      case Float number -> Optional.of(number.doubleValue());
      case Double number -> Optional.of(number);
      case Number number -> Optional.of(number.longValue());
      default -> Optional.empty();
    };
  }

  /** Its place in the text. */
  private String template(Object value) {
    TemplateValue.Builder template = TemplateValue.newBuilder();
    return add(
        switch (value) {
          case String text -> template.setStringVal(text);
          case Boolean truth -> template.setBoolVal(truth);
          case Double number -> template.setFloatVal(number);
          case Long number -> template.setInt64Val(number);
          default -> throw new IllegalStateException("no plain value: " + value);
        });
  }

  private String add(TemplateValue.Builder value) {
    String name = "v" + values.size();
    values.put(name, value.build());
    return "{" + name + "}";
  }
}
