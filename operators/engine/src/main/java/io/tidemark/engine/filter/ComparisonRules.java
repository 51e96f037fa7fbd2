package io.tidemark.engine.filter;

import io.tidemark.model.expression.ComparisonOperator;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import io.tidemark.model.schema.DataType;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/**
 * Which values can be compared. Constants are brought to their field's type: integers become
 * doubles beside FLOAT and DOUBLE, and are rounded to 32 bits beside FLOAT. A floating constant
 * beside an integer field is refused, as Milvus does.
 */
final class ComparisonRules {
  private final Scope scope;

  ComparisonRules(Scope scope) {
    this.scope = scope;
  }

  /** A constant stands right in the result, if there is one. */
  Condition comparison(Typed left, ComparisonOperator operator, Token at, Typed right) {
    checkOperand(at, left);
    checkOperand(at, right);
    if (left.operand() instanceof Operand.Constant
        && !(right.operand() instanceof Operand.Constant)) {
      return comparison(right, operator.reversed(), at, left);
    }
    checkKinds(left, operator, at, right);
    if (right.operand() instanceof Operand.Constant constant) {
      if (left.operand() instanceof Operand.Constant other) {
        return new Condition.Constant(
            PlainValues.compare(operator, other.value(), constant.value()));
      }
      return new Condition.Comparison(
          left.operand(), operator, new Operand.Constant(fit(left, right.at(), constant.value())));
    }
    return new Condition.Comparison(left.operand(), operator, right.operand());
  }

  Condition in(Typed left, List<?> values) {
    if (!(left.operand() instanceof Operand.Field || left.operand() instanceof Operand.JsonPath)) {
      throw scope.error(
          left.at(), "the left side of 'in' must be a field, but is " + left.described());
    }
    checkOperand(left.at().getStart(), left);
    List<Object> fitted = new ArrayList<>(values.size());
    for (Object value : values) {
      fitted.add(fit(left, left.at(), value));
    }
    return new Condition.In(left.operand(), fitted);
  }

  private void checkOperand(Token at, Typed value) {
    if (value.operand() instanceof Operand.Field field && field.type() == DataType.JSON) {
      throw scope.error(
          at,
          "field "
              + field.name()
              + " is JSON and cannot be compared as a whole; name a key: "
              + field.name()
              + "[\"key\"]");
    }
  }

  private void checkKinds(Typed left, ComparisonOperator operator, Token at, Typed right) {
    ValueKind a = left.kind();
    ValueKind b = right.kind();
    boolean json = a == ValueKind.JSON || b == ValueKind.JSON;
    boolean comparable = json || a == b || (a.isNumber() && b.isNumber());
    boolean ordered = ordered(a) && ordered(b);
    if (!comparable || (!operator.isEquality() && !ordered)) {
      throw scope.error(
          at,
          "comparison operations '"
              + operator.symbol()
              + "' cannot be applied to "
              + left.described()
              + " and "
              + right.described());
    }
  }

  private static boolean ordered(ValueKind kind) {
    return kind != ValueKind.BOOLEAN && kind != ValueKind.LIST;
  }

  /** The constant in the type of what it is compared with. */
  private Object fit(Typed left, ParserRuleContext at, Object value) {
    if (!(left.operand() instanceof Operand.Field field)) {
      return value;
    }
    return switch (field.type()) {
      case BOOL -> fit(Boolean.class, field, at, value);
      case INT8, INT16, INT32, INT64 -> fit(Long.class, field, at, value);
      case FLOAT -> (double) fit(Number.class, field, at, value).floatValue();
      case DOUBLE -> fit(Number.class, field, at, value).doubleValue();
      case VARCHAR -> fit(String.class, field, at, value);
      case JSON, FLOAT_VECTOR, FLOAT16_VECTOR, BFLOAT16_VECTOR, INT8_VECTOR, BINARY_VECTOR -> value;
      case SPARSE_FLOAT_VECTOR -> value;
    };
  }

  private <T> T fit(Class<T> type, Operand.Field field, ParserRuleContext at, Object value) {
    if (type.isInstance(value)) {
      return type.cast(value);
    }
    Operand.Constant constant = new Operand.Constant(value);
    throw scope.error(
        at,
        "field "
            + field.name()
            + ": cannot cast value to "
            + field.type()
            + ", value: "
            + SyntaxErrors.shortened(constant.toString())
            + ", which is "
            + constant.kind());
  }
}
