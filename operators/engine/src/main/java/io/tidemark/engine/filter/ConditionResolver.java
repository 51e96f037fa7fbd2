package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import io.tidemark.engine.filter.grammar.ExpressionParser.CallContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ColumnContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.EqualityContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ExistsContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ExprContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.InContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.LikeContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.LogicalContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ParensContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.RelationalContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.UnaryContext;
import io.tidemark.model.expression.ComparisonOperator;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/** Resolves those parts of a filter that are true or false. */
final class ConditionResolver {
  private final Scope scope;
  private final OperandResolver operands;
  private final ComparisonRules rules;

  ConditionResolver(Scope scope) {
    this.scope = scope;
    this.operands = new OperandResolver(scope);
    this.rules = new ComparisonRules(scope);
  }

  Condition condition(ExprContext node) {
    return switch (node) {
      case ParensContext parens -> condition(parens.expr());
      case LogicalContext logical -> logical(logical);
      case UnaryContext unary when unary.op.getType() == ExpressionLexer.NOT ->
          negated(condition(unary.expr()));
      case RelationalContext relational -> relational(relational);
      case EqualityContext equality ->
          rules.comparison(
              operands.operand(equality.expr(0)),
              comparison(equality.op),
              equality.op,
              operands.operand(equality.expr(1)));
      case InContext in -> in(in);
      case LikeContext like -> like(like);
      case ExistsContext exists -> exists(exists);
      case ColumnContext column when column.nullTest != null -> nullTest(column);
      case CallContext call -> FilterFunctions.resolve(call, scope, operands);
      default -> ofBoolean(node);
    };
  }

  // A chain a and b and c leans left as far as it is long: walked in a loop, not by recursion.
  private Condition logical(LogicalContext node) {
    int operator = node.op.getType();
    List<Condition> conditions = new ArrayList<>();
    ExprContext first = node;
    while (first instanceof LogicalContext link && link.op.getType() == operator) {
      conditions.addFirst(condition(link.expr(1)));
      first = link.expr(0);
    }
    conditions.addFirst(condition(first));
    return operator == ExpressionLexer.AND
        ? new Condition.And(conditions)
        : new Condition.Or(conditions);
  }

  private static Condition negated(Condition condition) {
    return switch (condition) {
      case Condition.Not(Condition inner) -> inner;
      case Condition.Constant(boolean value) -> new Condition.Constant(!value);
      default -> new Condition.Not(condition);
    };
  }

  private Condition relational(RelationalContext node) {
    ComparisonOperator operator = comparison(node.op);
    if (!(node.expr(0) instanceof RelationalContext lower)) {
      return rules.comparison(
          operands.operand(node.expr(0)), operator, node.op, operands.operand(node.expr(1)));
    }
    ComparisonOperator lowerOperator = comparison(lower.op);
    if (!(lower.expr(1) instanceof ColumnContext)
        || lower.expr(0) instanceof RelationalContext
        || isUpward(operator) != isUpward(lowerOperator)) {
      throw scope.error(
          node,
          "'"
              + scope.source(node)
              + "' is no range; a range is bound < field < bound, or with >, <=, >=");
    }
    Typed middle = operands.operand(lower.expr(1));
    return new Condition.And(
        List.of(
            rules.comparison(operands.operand(lower.expr(0)), lowerOperator, lower.op, middle),
            rules.comparison(middle, operator, node.op, operands.operand(node.expr(1)))));
  }

  private static boolean isUpward(ComparisonOperator operator) {
    return operator == ComparisonOperator.LESS || operator == ComparisonOperator.LESS_OR_EQUAL;
  }

  private ComparisonOperator comparison(Token operator) {
    return switch (operator.getType()) {
      case ExpressionLexer.LT -> ComparisonOperator.LESS;
      case ExpressionLexer.LE -> ComparisonOperator.LESS_OR_EQUAL;
      case ExpressionLexer.GT -> ComparisonOperator.GREATER;
      case ExpressionLexer.GE -> ComparisonOperator.GREATER_OR_EQUAL;
      case ExpressionLexer.EQ -> ComparisonOperator.EQUAL;
      case ExpressionLexer.NE -> ComparisonOperator.NOT_EQUAL;
      default -> throw scope.error(operator, "'" + operator.getText() + "' does not compare");
    };
  }

  private Condition in(InContext node) {
    Operand.Constant list = operands.constant(node.expr(1), "the right side of 'in'");
    if (!(list.value() instanceof List<?> values)) {
      throw scope.error(node.expr(1), "the right side of 'in' must be a list, but is " + list);
    }
    Condition in = rules.in(operands.operand(node.expr(0)), values);
    return node.NOT() == null ? in : new Condition.Not(in);
  }

  private Condition like(LikeContext node) {
    Typed left = operands.operand(node.expr(0));
    boolean column =
        (left.operand() instanceof Operand.Field field && field.kind() == ValueKind.TEXT)
            || left.operand() instanceof Operand.JsonPath;
    if (!column) {
      throw scope.error(
          node,
          "like operation on non-string or no-json field is unsupported: " + left.described());
    }
    Operand.Constant pattern = operands.constant(node.expr(1), "the pattern of 'like'");
    if (!(pattern.value() instanceof String text)) {
      throw scope.error(node.expr(1), "the pattern of 'like' must be a string, but is " + pattern);
    }
    return new Condition.Like(left.operand(), text);
  }

  private Condition exists(ExistsContext node) {
    if (operands.operand(node.expr()).operand() instanceof Operand.JsonPath path) {
      return new Condition.Exists(path);
    }
    throw scope.error(
        node,
        "exists operations are only supported on keys of JSON fields, but got '"
            + scope.source(node.expr())
            + "'");
  }

  private Condition nullTest(ColumnContext node) {
    Condition isNull = new Condition.IsNull(scope.column(node.field()));
    return node.nullTest.getType() == ExpressionLexer.IS_NULL ? isNull : new Condition.Not(isNull);
  }

  /** A BOOL field, or a boolean constant, on its own. */
  private Condition ofBoolean(ExprContext node) {
    Typed value = operands.operand(node);
    if (value.operand() instanceof Operand.Constant(Boolean truth)) {
      return new Condition.Constant(truth);
    }
    if (value.kind() == ValueKind.BOOLEAN) {
      return new Condition.Comparison(
          value.operand(), ComparisonOperator.EQUAL, new Operand.Constant(true));
    }
    throw scope.error(node, "predicate is not a boolean expression: " + value.described());
  }
}
