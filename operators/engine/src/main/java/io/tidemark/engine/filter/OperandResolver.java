package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import io.tidemark.engine.filter.grammar.ExpressionParser.ArithmeticContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.CallContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ColumnContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ConstantContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ElementContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ExprContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ListContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.LiteralContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.ParensContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.TemplateContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.TimeContext;
import io.tidemark.engine.filter.grammar.ExpressionParser.UnaryContext;
import io.tidemark.model.expression.ArithmeticOperator;
import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;

/**
 * Resolves those parts of a filter that are values: fields, constants and calculations with them.
 */
final class OperandResolver {
  private final Scope scope;

  OperandResolver(Scope scope) {
    this.scope = scope;
  }

  Typed operand(ExprContext node) {
    return switch (node) {
      case ParensContext parens -> operand(parens.expr());
      case ConstantContext constant ->
          Typed.leaf(new Operand.Constant(Literals.of(constant.literal().getStart(), scope)), node);
      case TemplateContext template ->
          Typed.leaf(scope.template(node, template.IDENTIFIER().getText()), node);
      case ListContext list -> Typed.leaf(list(list), node);
      case ColumnContext column when column.nullTest == null ->
          Typed.leaf(scope.column(column.field()), node);
      case UnaryContext unary when unary.op.getType() != ExpressionLexer.NOT -> unary(unary);
      case ArithmeticContext arithmetic -> arithmetic(arithmetic);
      case CallContext call -> throw FilterFunctions.notAValue(call, scope);
      case TimeContext time ->
          throw scope.error(
              node,
              time.op.getText()
                  + " (timestamps with time zone) is not supported yet by this server");
      default ->
          throw scope.error(node, "'" + scope.source(node) + "' is a condition, expected a value");
    };
  }

  /** A constant, folded from whatever was written. */
  Operand.Constant constant(ExprContext node, String what) {
    if (operand(node).operand() instanceof Operand.Constant constant) {
      return constant;
    }
    throw scope.error(node, what + " must be a constant, but is '" + scope.source(node) + "'");
  }

  private Operand.Constant list(ListContext node) {
    List<Object> values = new ArrayList<>();
    for (ParseTree child : node.children) {
      if (child instanceof ElementContext element) {
        values.add(element(element));
      }
    }
    scope.checkList(values);
    return new Operand.Constant(values);
  }

  private Object element(ElementContext element) {
    LiteralContext literal = element.literal();
    if (literal == null) {
      return constant(element.expr(), "a value in a list").value();
    }
    Token token = literal.getStart();
    if (element.sign != null
        && token.getType() != ExpressionLexer.INTEGER
        && token.getType() != ExpressionLexer.FLOATING) {
      throw scope.error(element, "'" + scope.source(element) + "': only numbers can be negative");
    }
    return Literals.of(token, element.sign != null, scope);
  }

  private Typed unary(UnaryContext node) {
    boolean minus = node.op.getType() == ExpressionLexer.SUB;
    if (minus
        && node.expr() instanceof ConstantContext constant
        && isNumber(constant.literal().getStart())) {
      return Typed.leaf(
          new Operand.Constant(Literals.of(constant.literal().getStart(), true, scope)), node);
    }
    Typed value = operand(node.expr());
    return switch (node.op.getType()) {
      case ExpressionLexer.SUB ->
          calculate(node.op, ArithmeticOperator.MULTIPLY, value, integer(-1, node));
      case ExpressionLexer.BIT_NOT ->
          calculate(node.op, ArithmeticOperator.BIT_XOR, value, integer(-1, node));
      default -> {
        checkNumber(node.op, value);
        yield value;
      }
    };
  }

  private static Typed integer(long value, ExprContext at) {
    return Typed.leaf(new Operand.Constant(value), at);
  }

  private static boolean isNumber(Token token) {
    return token.getType() == ExpressionLexer.INTEGER
        || token.getType() == ExpressionLexer.FLOATING;
  }

  // A chain a + b + c is a tree that leans left as far as the chain is long: walked in a loop, not
  // by recursion.
  private Typed arithmetic(ArithmeticContext node) {
    Deque<ArithmeticContext> chain = new ArrayDeque<>();
    ExprContext first = node;
    while (first instanceof ArithmeticContext link) {
      chain.push(link);
      first = link.expr(0);
    }
    Typed result = operand(first);
    for (ArithmeticContext link : chain) {
      result = calculate(link.op, operator(link.op), result, operand(link.expr(1)));
    }
    return result;
  }

  private Typed calculate(Token at, ArithmeticOperator operator, Typed left, Typed right) {
    checkNumber(at, left);
    checkNumber(at, right);
    if (operator.isBitwise()
        && (left.kind() == ValueKind.FLOATING || right.kind() == ValueKind.FLOATING)) {
      throw scope.error(
          at,
          "'"
              + at.getText()
              + "' takes integers, but got "
              + left.described()
              + " and "
              + right.described());
    }
    int depth = Math.max(left.depth(), right.depth()) + 1;
    if (depth > Operand.DEPTH_MAX) {
      throw scope.error(
          at,
          "the calculation is more than "
              + Operand.DEPTH_MAX
              + " operators deep, which is the limit");
    }
    if (operator.dividesBy()
        && right.operand() instanceof Operand.Constant(Long divisor)
        && divisor == 0) {
      throw scope.error(at, "cannot divide by zero");
    }
    if (left.operand() instanceof Operand.Constant a
        && right.operand() instanceof Operand.Constant b) {
      return new Typed(fold(at, operator, a, b), left.at(), 1);
    }
    return new Typed(
        new Operand.Arithmetic(operator, left.operand(), right.operand()), left.at(), depth);
  }

  private Operand.Constant fold(
      Token at, ArithmeticOperator operator, Operand.Constant left, Operand.Constant right) {
    Object result = Numbers.calculate(operator, left.value(), right.value());
    if (result == null) {
      throw scope.error(at, left + " " + at.getText() + " " + right + " has no result");
    }
    // 2 ** 3 can be compared with an integer field.
    if (operator == ArithmeticOperator.POWER
        && left.value() instanceof Long
        && result instanceof Double power
        && power == Math.rint(power)
        && Math.abs(power) <= 1L << (Double.PRECISION - 1)) {
      return new Operand.Constant(power.longValue());
    }
    return new Operand.Constant(result);
  }

  private void checkNumber(Token operator, Typed value) {
    boolean wholeDocument =
        value.operand() instanceof Operand.Field && value.kind() == ValueKind.JSON;
    if (wholeDocument || (!value.kind().isNumber() && value.kind() != ValueKind.JSON)) {
      throw scope.error(
          operator,
          "'"
              + operator.getText()
              + "' can only be used between integer or floating values, but got "
              + value.described()
              + (wholeDocument ? "; name a key of it" : ""));
    }
  }

  private ArithmeticOperator operator(Token token) {
    return switch (token.getType()) {
      case ExpressionLexer.ADD -> ArithmeticOperator.ADD;
      case ExpressionLexer.SUB -> ArithmeticOperator.SUBTRACT;
      case ExpressionLexer.MUL -> ArithmeticOperator.MULTIPLY;
      case ExpressionLexer.DIV -> ArithmeticOperator.DIVIDE;
      case ExpressionLexer.MOD -> ArithmeticOperator.MODULO;
      case ExpressionLexer.POW -> ArithmeticOperator.POWER;
      case ExpressionLexer.SHIFT_LEFT -> ArithmeticOperator.SHIFT_LEFT;
      case ExpressionLexer.SHIFT_RIGHT -> ArithmeticOperator.SHIFT_RIGHT;
      case ExpressionLexer.BIT_AND -> ArithmeticOperator.BIT_AND;
      case ExpressionLexer.BIT_OR -> ArithmeticOperator.BIT_OR;
      case ExpressionLexer.BIT_XOR -> ArithmeticOperator.BIT_XOR;
      default -> throw scope.error(token, "'" + token.getText() + "' is no arithmetic operator");
    };
  }
}
