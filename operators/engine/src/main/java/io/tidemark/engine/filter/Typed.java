package io.tidemark.engine.filter;

import io.tidemark.model.expression.Operand;
import io.tidemark.model.expression.ValueKind;
import org.antlr.v4.runtime.ParserRuleContext;

/** An operand with the place it was written at and the depth of its tree. */
record Typed(Operand operand, ParserRuleContext at, int depth) {
  static Typed leaf(Operand operand, ParserRuleContext at) {
    return new Typed(operand, at, 1);
  }

  ValueKind kind() {
    return operand.kind();
  }

  /** For messages: what it is called and which type it has. */
  String described() {
    return switch (operand) {
      case Operand.Field field -> "field " + field.name() + " of type " + field.type();
      case Operand.JsonPath path -> "the JSON value " + shown();
      case Operand.Constant constant -> "the " + constant.kind() + " " + shown();
      case Operand.Arithmetic calculation -> "the " + calculation.kind() + " " + shown();
    };
  }

  private String shown() {
    return SyntaxErrors.shortened(operand.toString());
  }
}
