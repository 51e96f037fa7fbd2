package io.tidemark.engine.filter;

import io.tidemark.engine.filter.grammar.ExpressionLexer;
import io.tidemark.engine.filter.grammar.ExpressionParser;
import io.tidemark.model.expression.Condition;
import io.tidemark.model.schema.CollectionSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;

/** Turns the text of a filter into a {@link Filter}. Thread-safe. */
public final class FilterParser {
  private FilterParser() {}

  /**
   * Parses and checks against the schema.
   *
   * @param text a filter in Milvus's language; blank lets every row pass
   * @param templates values for {@code {name}}: Boolean, Number, String or a List of such
   * @throws io.tidemark.model.error.TidemarkException 1100 for wrong syntax (with line and column),
   *     unknown fields, values that do not fit their field, missing templates, or more than {@link
   *     FilterLimits} allows
   */
  public static Filter parse(String text, CollectionSchema schema, Map<String, Object> templates) {
    if (text.isBlank()) {
      return Filter.all();
    }
    FilterLimits.checkText(text);
    Condition condition =
        new ConditionResolver(new Scope(text, schema, templates)).condition(tree(text).expr());
    return new Filter(condition, schema.primaryKey().id());
  }

  // SLL prediction decides this grammar as full LL does (a test compares them) and stays linear on
  // long lists.
  private static ExpressionParser.FilterContext tree(String text) {
    SyntaxErrors errors = new SyntaxErrors(text);
    ExpressionLexer lexer = new ExpressionLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    lexer.addErrorListener(errors);
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = lexer.nextToken();
      // At once: behind each the lexer starts anew, over the same long string if one was not
      // closed.
      if (token.getType() == ExpressionLexer.UNEXPECTED) {
        throw errors.unexpected(token, "no part of a filter starts so");
      }
      tokens.add(token);
    } while (token.getType() != Token.EOF);
    FilterLimits.checkTokens(text, tokens);
    ExpressionParser parser =
        new ExpressionParser(new CommonTokenStream(new ListTokenSource(tokens)));
    parser.removeErrorListeners();
    parser.addErrorListener(errors);
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    return parser.filter();
  }
}
