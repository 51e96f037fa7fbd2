package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import java.util.Arrays;

/**
 * Tells from tokens how deep a parser would recurse: a stack of open brackets and of operators that
 * wait for their right side, which is what is on the parser's stack too. Brackets need not match;
 * that is for the parser to say.
 */
final class NestingMeter {
  private static final int BRACKET = 0;
  private static final int PREFIX = 14;

  private int[] waiting = new int[64];
  private int depth;
  private boolean afterValue;

  /** What is open at this point. */
  int depth() {
    return depth;
  }

  /** Takes the next token; whether it is an operator, signs left out. */
  boolean accept(int type) {
    return switch (type) {
      case ExpressionLexer.LPAREN, ExpressionLexer.LBRACKET -> {
        push(BRACKET);
        yield false;
      }
      case ExpressionLexer.RPAREN, ExpressionLexer.RBRACKET -> {
        popAbove(BRACKET);
        depth = Math.max(0, depth - 1);
        afterValue = true;
        yield false;
      }
      case ExpressionLexer.COMMA -> {
        popAbove(BRACKET);
        afterValue = false;
        yield false;
      }
      case ExpressionLexer.NOT -> {
        // Behind a value it is the first half of 'not in'.
        if (!afterValue) {
          push(PREFIX);
        }
        yield true;
      }
      case ExpressionLexer.BIT_NOT, ExpressionLexer.EXISTS -> {
        push(PREFIX);
        yield true;
      }
      case ExpressionLexer.ADD, ExpressionLexer.SUB -> {
        boolean binary = afterValue;
        if (binary) {
          binary(precedence(type));
        } else {
          push(PREFIX);
        }
        yield binary;
      }
      default -> {
        int precedence = precedence(type);
        if (precedence > BRACKET) {
          binary(precedence);
        } else {
          afterValue = true;
        }
        yield precedence > BRACKET;
      }
    };
  }

  private void binary(int precedence) {
    popAbove(precedence - 1);
    push(precedence);
  }

  private void push(int precedence) {
    if (depth == waiting.length) {
      waiting = Arrays.copyOf(waiting, depth * 2);
    }
    waiting[depth++] = precedence;
    afterValue = false;
  }

  private void popAbove(int precedence) {
    while (depth > 0 && waiting[depth - 1] > precedence) {
      depth--;
    }
  }

  /** As the grammar orders its alternatives; 0 for what is no binary operator. */
  private static int precedence(int type) {
    return switch (type) {
      case ExpressionLexer.LIKE -> 16;
      case ExpressionLexer.POW -> 15;
      case ExpressionLexer.MUL, ExpressionLexer.DIV, ExpressionLexer.MOD -> 13;
      case ExpressionLexer.ADD, ExpressionLexer.SUB -> 12;
      case ExpressionLexer.SHIFT_LEFT, ExpressionLexer.SHIFT_RIGHT -> 11;
      case ExpressionLexer.IN -> 10;
      case ExpressionLexer.LT, ExpressionLexer.LE, ExpressionLexer.GT, ExpressionLexer.GE -> 9;
      case ExpressionLexer.EQ, ExpressionLexer.NE -> 8;
      case ExpressionLexer.BIT_AND -> 7;
      case ExpressionLexer.BIT_XOR -> 6;
      case ExpressionLexer.BIT_OR -> 5;
      case ExpressionLexer.AND -> 4;
      case ExpressionLexer.OR -> 3;
      default -> BRACKET;
    };
  }
}
