package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionParser.FieldContext;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/**
 * What the names in one filter stand for: fields of the schema, keys of the dynamic field, template
 * values.
 */
final class Scope {
  private final String text;
  private final CollectionSchema schema;
  private final Map<String, Object> templates;
  private final Map<String, Operand.Constant> constants = new HashMap<>();

  /** Values of all lists so far, each as often as it is named. */
  private long listed;

  Scope(String text, CollectionSchema schema, Map<String, Object> templates) {
    this.text = text;
    this.schema = schema;
    this.templates = templates;
  }

  /** A {@link Operand.Field} or {@link Operand.JsonPath}. */
  Operand column(FieldContext column) {
    String name = column.name.getText();
    List<String> keys = new ArrayList<>();
    for (Token key : column.keys) {
      keys.add(key(key));
    }
    Optional<FieldSchema> declared = schema.field(name);
    if (declared.isPresent()) {
      return declaredColumn(column, declared.get(), keys);
    }
    FieldSchema dynamic =
        schema.dynamicField().orElseThrow(() -> error(column, "field " + name + " not exist"));
    keys.addFirst(name);
    return new Operand.JsonPath(dynamic.id(), dynamic.name(), keys);
  }

  private Operand declaredColumn(FieldContext column, FieldSchema field, List<String> keys) {
    if (field.type().isVector()) {
      throw error(
          column,
          "field " + field.name() + " is " + field.type() + ", vectors cannot be filtered on");
    }
    if (keys.isEmpty()) {
      return new Operand.Field(field.id(), field.name(), field.type());
    }
    if (field.type() != DataType.JSON) {
      throw error(
          column,
          "field "
              + field.name()
              + " is "
              + field.type()
              + " and has no keys; only JSON fields have");
    }
    return new Operand.JsonPath(field.id(), field.name(), keys);
  }

  private String key(Token key) {
    return Literals.of(key, this) instanceof String name ? name : key.getText();
  }

  /** The value of {@code {name}}. */
  Operand.Constant template(ParserRuleContext at, String name) {
    Object value = templates.get(name);
    if (value == null) {
      throw error(at, "the value of expression template variable name {" + name + "} is not found");
    }
    Operand.Constant constant =
        constants.computeIfAbsent(name, key -> new Operand.Constant(constant(at, key, value)));
    if (constant.value() instanceof List<?> list) {
      checkList(list);
    }
    return constant;
  }

  private Object constant(ParserRuleContext at, String name, Object value) {
    return switch (value) {
      case Boolean b -> b;
      case String s -> s;
      case Double d -> d;
      case Float f -> (double) f;
      case Number n -> n.longValue();
      case List<?> list -> {
        List<Object> values = new ArrayList<>(list.size());
        for (Object element : list) {
          values.add(constant(at, name, element));
        }
        yield values;
      }
      default ->
          throw error(
              at,
              "template variable {"
                  + name
                  + "} holds a "
                  + value.getClass().getSimpleName()
                  + ", expected a boolean, number, string or a list of them");
    };
  }

  /** To be told of every use of a list: conditions make sets of its values, each its own. */
  void checkList(List<?> values) {
    listed += valuesIn(values);
    FilterLimits.checkList(text, values, listed);
  }

  private static long valuesIn(List<?> values) {
    long sum = values.size();
    for (Object value : values) {
      sum += value instanceof List<?> inner ? valuesIn(inner) : 0;
    }
    return sum;
  }

  TidemarkException error(ParserRuleContext at, String reason) {
    return error(at.getStart(), reason);
  }

  TidemarkException error(Token at, String reason) {
    return SyntaxErrors.invalid(text, at, reason);
  }

  /** The part of the filter that a node was made of, as the user wrote it. */
  String source(ParserRuleContext node) {
    int from = node.getStart().getStartIndex();
    int to = node.getStop() == null ? from : node.getStop().getStopIndex();
    int start = text.offsetByCodePoints(0, Math.min(from, to));
    int end = text.offsetByCodePoints(0, Math.max(from, to) + 1);
    return SyntaxErrors.shortened(text.substring(start, end));
  }
}
